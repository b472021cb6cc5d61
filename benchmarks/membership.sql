-- Members with their records, made by the server itself: deterministic, and spread as
-- real ones may be. Read by benchmarks/members.py, which fills in:
--   {members}   how many
--   {stride}    every so-manieth has the record of one of the first thousand, so that
--               the same thousand records are in a small database and all over a large one
--   {day}       the day around which exams, deadlines and sign-ins lie
--   {password}  a hash, the same for everybody
--   {session}   what an empty session is stored as
SET synchronous_commit = off;

-- A number below `below`, the same each time for the same member and question.
CREATE FUNCTION pick(seed bigint, question int, below int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (abs(hashint8extended(seed, question) / 2) % below)::int $$;

CREATE UNLOGGED TABLE who AS
SELECT n,
       CASE WHEN n % {stride} = 0 THEN n / {stride} ELSE n + 1000 END AS seed,
       'member' || n || '@example.org' AS email
FROM generate_series(1, {members}::bigint) AS n;
ANALYZE who;

INSERT INTO imgportal_user
    (id, password, last_login, is_superuser, email, is_staff, is_active, date_joined)
SELECT n, '{password}',
       -- Two in a thousand have not been here for more than two years.
       CASE WHEN pick(seed, 1, 1000) < 2 THEN '{day}'::date - interval '800 days'
            ELSE '{day}'::date - pick(seed, 2, 600) * interval '1 day' END,
       -- Those whose pages are asked for can sign in.
       false, email, false, seed <= 1000 OR pick(seed, 3, 200) > 0,
       '{day}'::date - (800 + pick(seed, 4, 1000)) * interval '1 day'
FROM who;

INSERT INTO account_emailaddress (email, verified, "primary", user_id)
SELECT email, true, true, n FROM who;

INSERT INTO django_session (session_key, session_data, expire_date)
SELECT md5('session' || n), '{session}',
       '{day}'::date + pick(seed, 5, 14) * interval '1 day'
FROM who;

INSERT INTO usersessions_usersession
    (created_at, ip, last_seen_at, session_key, user_agent, data, user_id)
SELECT '{day}'::date - interval '2 days', '192.0.2.1', '{day}'::date - interval '1 day',
       md5('session' || n),
       'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
       '{{}}', n
FROM who;

INSERT INTO imgportal_securityevent (kind, at, device, user_id)
SELECT (ARRAY['signed_up', 'new_device', 'exported'])[k],
       '{day}'::date - (pick(seed, 6, 700) + 10 - k) * interval '1 day',
       'Firefox on Linux', n
FROM who, generate_series(1, 3) AS k;

INSERT INTO mfa_authenticator (type, data, user_id, created_at)
SELECT 'totp', '{{}}', n, '{day}'::date - interval '90 days'
FROM who WHERE pick(seed, 7, 10) = 0;

INSERT INTO imgportal_outgoingmessage
    (kind, owner_id, sealed, state, put_at, next_try_at, expires_at, tries, unclear,
     finished_at)
SELECT 2, n, '', 'sent', told, told, told, 0, 0, told
-- A quarter of those were told long ago.
FROM who, (SELECT '{day}'::date - interval '70 days' AS told) AS long_ago
WHERE pick(seed, 1, 1000) < 2 AND pick(seed, 8, 4) = 0;

INSERT INTO profiles_profile
    (version, us_citizen, school_country, graduated_on, season, specialties, time_zone,
     licence_held, licence_valid_on, school_wfme, owner_id)
SELECT 1 + pick(seed, 10, 4),
       (ARRAY[true, false, false, false, NULL])[1 + pick(seed, 11, 5)],
       (ARRAY['IN', 'PK', 'NG', 'DE', 'GD', 'EG', 'IR', 'MX', 'BR', ''])
           [1 + pick(seed, 12, 10)],
       '{day}'::date - pick(seed, 13, 5000) + 700,
       -- Most aim at one of the next two.
       CASE WHEN pick(seed, 14, 10) = 0 THEN NULL
            ELSE 2025 + (ARRAY[0, 1, 2, 2, 2, 2, 3, 3, 4, 5])[1 + pick(seed, 15, 10)] END,
       (ARRAY['[]', '["internal-medicine"]', '["neurology", "pathology"]',
              '["internal-medicine", "family-medicine", "pediatrics", "psychiatry"]']
           )[1 + pick(seed, 16, 4)]::jsonb,
       (ARRAY['Asia/Kolkata', 'Asia/Karachi', 'Africa/Lagos', 'Europe/Berlin',
              'America/New_York', 'Pacific/Auckland', 'America/Sao_Paulo', ''])
           [1 + pick(seed, 17, 8)],
       pick(seed, 18, 2) = 0, '{day}'::date - pick(seed, 19, 500), pick(seed, 20, 2) = 0, n
FROM who WHERE pick(seed, 21, 20) > 0;

-- Three attempts each on average: one in seven has none, one in a thousand has 200.
WITH sat AS (
    SELECT n, seed, k, pick(seed, 22, 1000) = 7 AS has_many,
           CASE WHEN pick(seed, 22, 1000) = 7 THEN '2012-01-02'::date + k * 21
                ELSE '{day}'::date + 150 - pick(seed, 24, 3500)
                     + (k - 1) * (60 + pick(seed, 25, 120)) END AS sat_on
    FROM who, LATERAL generate_series(1, CASE
        WHEN pick(seed, 22, 1000) = 7 THEN 200
        WHEN pick(seed, 23, 100) < 15 THEN 0
        WHEN pick(seed, 23, 100) < 30 THEN 1
        WHEN pick(seed, 23, 100) < 50 THEN 2
        WHEN pick(seed, 23, 100) < 68 THEN 3
        WHEN pick(seed, 23, 100) < 83 THEN 4
        WHEN pick(seed, 23, 100) < 92 THEN 5
        WHEN pick(seed, 23, 100) < 97 THEN 7
        ELSE 11 END) AS k
), named AS (
    SELECT *, seed * 1000 + k AS row_seed,
           CASE WHEN k = 1 THEN 'step1' WHEN k = 2 THEN 'step2ck'
                WHEN k % 4 = 3 AND sat_on < '2021-01-01' THEN 'step2cs'
                ELSE (ARRAY['step1', 'step2ck', 'step3'])[1 + pick(seed * 1000 + k, 26, 3)]
           END AS exam
    FROM sat
), told AS (
    SELECT *, CASE
        WHEN sat_on > '{day}' THEN 'planned'
        WHEN sat_on > '{day}'::date - 35 AND pick(row_seed, 27, 3) = 0 THEN 'planned'
        WHEN pick(row_seed, 28, 100) < 94 THEN 'taken'
        ELSE (ARRAY['cancelled', 'not_attended', 'invalidated', 'incomplete'])
            [1 + pick(row_seed, 29, 4)] END AS state
    FROM named
), rated AS (
    SELECT *, CASE
        WHEN state <> 'taken' OR sat_on > '{day}'::date - 28 THEN ''
        WHEN pick(row_seed, 30, 100) < 80 THEN 'pass' ELSE 'fail' END AS outcome
    FROM told
)
INSERT INTO profiles_examattempt
    (version, exam, "on", second_day, state, outcome, score, result_on, for_time_limit,
     owner_id)
SELECT 1, exam, sat_on, CASE WHEN exam = 'step3' THEN sat_on + 2 END, state, outcome,
       CASE WHEN outcome = '' OR exam = 'step2cs'
                 OR exam = 'step1' AND sat_on >= '2022-01-26' THEN NULL
            WHEN outcome = 'pass' THEN 220 + pick(row_seed, 31, 55)
            ELSE 150 + pick(row_seed, 32, 40) END,
       CASE WHEN outcome <> '' THEN sat_on + 21 END, false, n
FROM rated
ON CONFLICT DO NOTHING;

INSERT INTO profiles_englishsitting
    (version, "on", listening, reading, writing, speaking, released, owner_id)
SELECT 1, '{day}'::date + 20 - pick(seed, 40 + k, 1400),
       CASE WHEN known THEN 300 + 10 * pick(seed, 50 + k, 20) END,
       CASE WHEN known THEN 300 + 10 * pick(seed, 60 + k, 20) END,
       CASE WHEN known THEN 280 + 10 * pick(seed, 70 + k, 20) END,
       CASE WHEN known THEN 300 + 10 * pick(seed, 80 + k, 20) END,
       CASE WHEN known THEN true END, n
FROM who, LATERAL generate_series(1, CASE WHEN pick(seed, 90, 1000) = 7 THEN 40
                                          ELSE pick(seed, 91, 3) END) AS k,
     LATERAL (SELECT pick(seed, 40 + k, 1400) > 45 AS known) AS result
ON CONFLICT DO NOTHING;

INSERT INTO profiles_pathwayapplication
    (version, season, number, submitted_on, accepted_on, valid_to, owner_id)
SELECT 1, season, 1 + pick(seed, 100, 6), make_date(season - 1, 9, 1) + pick(seed, 101, 90),
       CASE WHEN accepted THEN make_date(season - 1, 12, 1) + pick(seed, 102, 60) END,
       CASE WHEN NOT accepted THEN NULL
            WHEN pick(seed, 103, 2) = 0 THEN make_date(season, 12, 31)
            ELSE make_date(season, 3, 1) + pick(seed, 104, 365) END, n
FROM who, LATERAL (SELECT 2024 + pick(seed, 105, 4) AS season,
                          pick(seed, 106, 3) > 0 AS accepted) AS application
WHERE pick(seed, 107, 2) = 0;

INSERT INTO profiles_certificationitem (version, item, state, since, note, owner_id)
SELECT 1, item, (ARRAY['done', 'done', 'under_way', 'not_started', 'refused'])
           [1 + pick(seed, 110 + place::int, 5)],
       '{day}'::date - pick(seed, 130 + place::int, 900),
       CASE WHEN pick(seed, 150 + place::int, 10) = 0 THEN repeat('Sent by courier. ', 20)
            ELSE '' END, n
FROM who, unnest(ARRAY['account', 'identity', 'application_accepted', 'school_eligible',
                       'credit_years_4', 'diploma_verified', 'transcript_verified',
                       'fees_clear']) WITH ORDINALITY AS items (item, place)
WHERE pick(seed, 170 + place::int, 2) = 0;

INSERT INTO profiles_certificate
    (version, issued_on, basis, expires_on, validated_on, training_months, owner_id)
SELECT 1, issued_on, (ARRAY['pathway', 'pathway', 'step2cs', ''])[1 + pick(seed, 200, 4)],
       CASE WHEN pick(seed, 201, 2) = 0 THEN make_date(2026 + pick(seed, 202, 4), 12, 31)
            ELSE '{day}'::date + pick(seed, 203, 900) END,
       CASE WHEN pick(seed, 204, 4) = 0 THEN '{day}'::date - pick(seed, 205, 30) END,
       CASE WHEN pick(seed, 204, 4) = 0 THEN 12 END, n
FROM who, LATERAL (SELECT '{day}'::date - 40 - pick(seed, 206, 1200) AS issued_on) AS first
WHERE pick(seed, 207, 5) = 0;

INSERT INTO profiles_seasonrecord
    (version, season, registered_on, eras_on, eras_specialties,
     residencycas_specialties, applied_to, interviews, outcome, eras_token, letters,
     personal_statement, mspe, transcript, photo, exam_transcript, owner_id)
SELECT 1, season, make_date(season - 1, 9, 16) + pick(seed, 220 + k, 60),
       make_date(season - 1, 9, 25) + pick(seed, 230 + k, 30),
       '["internal-medicine", "neurology"]'::jsonb, '[]'::jsonb,
       20 + pick(seed, 240 + k, 150), pick(seed, 250 + k, 12),
       CASE WHEN season = 2027 THEN '' ELSE 'not_matched' END,
       'sent', 'ready', 'ready', 'asked_for', 'sent', '', '', n
FROM who, LATERAL generate_series(1, pick(seed, 218, 3)) AS k,
     LATERAL (SELECT 2028 - k AS season) AS match;

INSERT INTO profiles_feepayment (version, fee, turn, amount, paid_on, owner_id)
SELECT 1, (ARRAY['step1', 'step2ck'])[k], 1, 1000 + pick(seed, 260 + k, 60),
       '{day}'::date - pick(seed, 270 + k, 700), n
FROM who, LATERAL generate_series(1, pick(seed, 219, 3)) AS k;

-- One in four chose: some nothing at all, most other times, of which every set occurs.
INSERT INTO profiles_reminderchoice
    (version, follows_years, follows_specialties, followed_after, is_on, leads, bounced,
     owner_id)
SELECT 1, pick(seed, 216, 3) = 0,
       (ARRAY['[]', '["neurology"]', '["internal-medicine", "pediatrics"]']
           )[1 + pick(seed, 217, 3)]::jsonb, '{{}}'::jsonb, pick(seed, 210, 5) > 0,
       CASE WHEN pick(seed, 211, 3) = 0 THEN '60,14,3' ELSE (
           SELECT string_agg(days::text, ',' ORDER BY days DESC)
           FROM unnest(ARRAY[90, 60, 30, 14, 7, 3, 1]) WITH ORDINALITY AS lead (days, bit)
           WHERE ((1 + pick(seed, 212, 127)) >> (bit::int - 1)) & 1 = 1) END,
       CASE WHEN pick(seed, 213, 50) = 0 THEN email ELSE '' END, n
FROM who WHERE pick(seed, 214, 4) = 0;

INSERT INTO profiles_calendarfeed (version, token_hash, owner_id)
SELECT 1, encode(sha256(('token' || n)::bytea), 'hex'), n
FROM who WHERE pick(seed, 215, 10) = 0 OR n % {stride} = 0;

INSERT INTO stats_problemreport
    ("table", "row", text, email, received_at, status, answer)
SELECT '', '', 'Something here cannot be right.', 'reader' || k || '@example.org',
       '{day}'::date - interval '1 day', 'open', ''
FROM generate_series(1, {members} / 500) AS k;

SELECT setval(pg_get_serial_sequence('imgportal_user', 'id'), {members});
DROP TABLE who;
DROP FUNCTION pick;
