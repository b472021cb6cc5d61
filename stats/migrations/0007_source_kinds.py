"""Says of the documents that came with the site what each of them is and rests on.

What staff have added is called a report, unless it was official: nobody here has read
it, and a report never makes a figure better than its rule allows.
"""

from typing import Any

from django.db import migrations

REPOSTS = """
    aamc-1998-excerpt ecfmg-2008 ecfmg-2009 ecfmg-2009-iac ecfmg-2010
    nrmp-2010-release nrmp-2011-release ecfmg-2011 ecfmg-echo-2012
    ecfmg-2013 ecfmg-2014 dailymeded-2015 ecfmg-2016 ecfmg-2018
    nrmp-2019-rd-release ecfmg-2020 ecfmg-2021 intealth-2024 ecfmg-2024
    nrmp-rd2025-t4 immig-q4 nrmp-2025-release nrmp-2025-rd-release s25 s28
    s29 s30 s40 s41 s67 s101 s107 s113 s131 s132 s142 s152
    usmleforum-step3-2016 rcas-acog
"""

TRANSCRIPTIONS = """
    nih-nrmp-2011 whitecoat-2022 whitecoat-2023 wcp-2022 wcp-2023
    nickmmark-2025 nickmmark-2025-specialties uscehub-2026 uscehub-2025
    saieesh-co2026 femto-rd2026 snaportho mar-blog-2022 mar-blog-2015
    sarthi-2024 rpl-anes rpl-ty mar-spec mar-spec-im22 medclerk-us
    medclerk-nonus nrmp-rd2020-t1-copy nrmp-rd2023-md-copy s62 s63 s64 s81
    s82 s83 missionmed-2027 usmle-results-8w
"""

CALCULATIONS = """
    medsarathi
"""

REPORTS_CALLED_OFFICIAL = """
    jama-2001 amawire-2016 aacom-2016 ama-2018 nbome-2021 aacom-2023
    aacom-2024 aacom-2025 ama-2018-img-specialties
"""

OFFICIAL_CALLED_SECONDARY = """
    acadmed-2003 acadmed-2015-seniors fr-2026-19554 fr-2026-14439
    gnf-order-2026 proc-10998 giri-nbme-2024
"""

# A document, and what it rests on.
RESTS_ON = """
    seed-guide-2024 nrmp-march-2024;nrmp-co-2022
    aamc-2009 nrmp-march-2009
    nrmp-2013-release nrmp-march-2013
    nrmp-2016-release nrmp-march-2016
    nrmp-2010-release nrmp-march-2010
    nrmp-2011-release nrmp-march-2011
    nrmp-2025-release nrmp-march-2025
    nrmp-2019-rd-release nrmp-rd-2019
    nrmp-2020-rd-release nrmp-rd-2020
    nrmp-2021-rd nrmp-rd-2021
    nrmp-2022-rd-release nrmp-rd-2022
    nrmp-2023-rd-release nrmp-rd-2023
    nrmp-2025-rd-release nrmp-rd-2025
    ecfmg-2008 nrmp-march-2008
    ecfmg-2009 nrmp-march-2009
    ecfmg-2010 nrmp-march-2010
    ecfmg-2011 nrmp-march-2011
    ecfmg-2012 nrmp-march-2012
    ecfmg-2013 nrmp-march-2013
    ecfmg-2014 nrmp-march-2014
    ecfmg-2015 nrmp-march-2015
    ecfmg-2016 nrmp-march-2016
    ecfmg-2017 nrmp-march-2017
    ecfmg-2018 nrmp-march-2018
    ecfmg-2020 nrmp-march-2020
    ecfmg-2021 nrmp-march-2021
    ecfmg-2009-iac ecfmg-2009
    dailymeded-2015 ecfmg-2015
    intealth-2023 nrmp-march-2023
    intealth-2024 nrmp-march-2024
    ecfmg-2024 intealth-2024
    blog-usatoday-2008 nrmp-march-2008
    blog-2009-rates nrmp-march-2009
    brainblogger-2010 nrmp-march-2010
    nih-nrmp-2011 nrmp-rd-2011
    ecfmg-echo-2012 nrmp-rd-2012
    modernhc-2013 nrmp-march-2013
    auntminnie-2013 nrmp-march-2013
    modernhc-2014 nrmp-march-2014
    hcpro-2014 nrmp-march-2014
    firstaid-2014 nrmp-march-2014;nrmp-rd-2014
    trinity-2014 nrmp-march-2014;nrmp-rd-2014
    forum-2013 nrmp-rd-2013
    kevinmd-2015 nrmp-march-2015
    rightfit-2015 nrmp-rd-2015
    amawire-2016 nrmp-march-2016
    aacom-2016 nrmp-march-2016
    residentsmedical-2016 nrmp-march-2016
    asc-2017-abstract nrmp-rd-2016
    medicalopedia-2017 nrmp-march-2017
    stat-2017 nrmp-march-2017
    beckers-2018 nrmp-march-2018
    skeptical-2018 nrmp-march-2018
    skeptscalpel-2018 skeptical-2018
    ama-2018 nrmp-march-2018
    ama-2018-img-specialties nrmp-march-2018
    mdedge-fm2018 nrmp-march-2018
    mdi-2018 nrmp-march-2018
    aafp-2018 nrmp-march-2018
    acp-2018 nrmp-march-2018
    acp-2017 nrmp-march-2017
    acp-2016 nrmp-march-2016
    acp-2015 nrmp-march-2015
    qa-2019-nonus nrmp-march-2019
    amo-2019 nrmp-march-2019
    amo-2020 nrmp-march-2020
    beckers-2020 nrmp-march-2020
    acp-2020 nrmp-march-2020
    maroonmed-2020 nrmp-march-2020
    mdedge-ped2019 nrmp-march-2019
    wcp-2019 nrmp-march-2019;nrmp-rd-2019
    imgprep-5yr nrmp-march-2020;nrmp-march-2021;nrmp-rd-2020;nrmp-rd-2021
    authentic-2021 nrmp-rd-2021
    beckers-2021 nrmp-march-2021
    nbome-2021 nrmp-march-2021
    imgprep-2021 nrmp-march-2021;nrmp-rd-2021
    imgprep-2022 nrmp-march-2022;nrmp-rd-2022
    imgprep-path23 nrmp-march-2023;nrmp-rd-2023
    sheriff-2022 nrmp-march-2022
    whitecoat-2022 nrmp-rd-2022
    wcp-2022 whitecoat-2022
    matcharesident-2023 nrmp-march-2023;nrmp-rd-2023
    mar-blog-2023 matcharesident-2023
    whitecoat-2023 nrmp-rd-2023
    wcp-2023 whitecoat-2023
    medpage-2023 nrmp-march-2023
    aacom-2023 nrmp-march-2023
    amo-2023 nrmp-march-2023
    aafp-2023 nrmp-march-2023
    auntminnie-2023 nrmp-march-2023
    aacom-2024 nrmp-march-2024
    hmd-2024 nrmp-march-2024
    helpyoumatch-2024 nrmp-march-2024;nrmp-rd-2024
    sarthi-2024 nrmp-march-2024;nrmp-rd-2024
    carib-2024 nrmp-march-2024;intealth-2024
    beckers-2024 nrmp-march-2024
    auntminnie-2024 nrmp-march-2024
    nrmp-rd2025-t4 nrmp-rd-2025
    immig-q4 nrmp-rd-2025
    nickmmark-2025 nrmp-march-2025
    nickmmark-2025-specialties nrmp-march-2025
    aacom-2025 nrmp-march-2025
    kaplan-2025 nrmp-march-2025
    acp-2025 nrmp-march-2025
    aafp-2025 nrmp-march-2025
    healio-2025 nrmp-march-2025
    uscehub-2025 nrmp-march-2025;nrmp-rd-2025
    acep-2025 nrmp-march-2020;nrmp-march-2021;nrmp-march-2022;nrmp-march-2023;nrmp-march-2024;nrmp-march-2025
    emra-2022 nrmp-march-2018;nrmp-march-2019;nrmp-march-2020;nrmp-march-2021;nrmp-march-2022
    uscehub-2026 nrmp-march-2025;nrmp-march-2026;nrmp-rd-2025
    nrmpsim-2026 nrmp-march-2025;nrmp-march-2026
    madaan-2026 nrmp-march-2026
    saieesh-co2026 nrmp-co-2026
    femto-rd2026 nrmp-rd-2026
    derm-doc nrmp-co-2026
    snaportho nrmp-rd-2020;nrmp-rd-2021;nrmp-rd-2022;nrmp-rd-2023;nrmp-rd-2024;nrmp-rd-2025;nrmp-rd-2026
    mar-blog-2022 nrmp-march-2022;nrmp-rd-2022
    mar-blog-2015 nrmp-march-2015;nrmp-rd-2015
    facmed-2016 nrmp-march-2016;nrmp-rd-2016
    elite-2022 nrmp-march-2022;nrmp-rd-2022
    rpl-anes nrmp-rd-2017;nrmp-rd-2018;nrmp-rd-2019;nrmp-rd-2020;nrmp-rd-2021;nrmp-rd-2022;nrmp-rd-2023;nrmp-rd-2024
    rpl-ty nrmp-rd-2017;nrmp-rd-2018;nrmp-rd-2019;nrmp-rd-2020;nrmp-rd-2021;nrmp-rd-2022;nrmp-rd-2023;nrmp-rd-2024
    arrs-2023 nrmp-rd-2020
    wadhwa-2021 nrmp-rd-2020
    yekula-2023 nrmp-rd-2022
    springer-psy nrmp-rd-2020
    mar-spec nrmp-co-2016;nrmp-co-2018;nrmp-co-2020;nrmp-co-2022
    mar-spec-im22 mar-spec
    medsarathi nrmp-co-2022
    medclerk-us nrmp-co-2014
    medclerk-nonus nrmp-co-2014
    shusmle-2014 nrmp-co-2014
    sdn-fm2014 nrmp-co-2014
    sdn-psy2018 nrmp-co-2018
    nrmp-rd2020-t1-copy nrmp-rd-2020
    nrmp-rd2023-md-copy nrmp-rd-2023
    s55 s54
    s67 s66
    immig-h1b-2026 fr-2026-19554
"""

SUMS = {
    "nrmp-rd2020-t1-copy": "Its 50 specialties add up to NRMP's totals of 2020: 5,048 programs, 34,266 first-year positions, 32,399 filled, 5,968 of them by US DO seniors.",
    "nrmp-rd2023-md-copy": "Its 48 specialties add up to NRMP's totals of US MD seniors in all five years: 17,763; 18,108; 18,435; 18,486; 18,498.",
    "nrmp-rd2025-t4": "The six applicant types come to all applicants but for 9 (2024) and 11 (2025), the same number in Table 4A and in Table 4B, and every printed rate follows from its counts.",
    "immig-q4": "The rows of internal medicine of 2024 and 2025 add up: all applicant types together are the positions filled.",
    "ecfmg-2008": "7,335 + 2,969 are its 10,304 IMGs and 3,108 + 1,541 its 4,649 matches; 22,240 positions less the stated 395 are the 21,845 of AAMC's release of 2007.",
    "ecfmg-2009": "7,484 + 3,390 + 106 are its 10,980 IMGs and 3,112 + 1,619 + 65 its 4,796 matches; 22,427 positions less the stated 187 are the 22,240 of its issue of 2008.",
    "ecfmg-2009-iac": "The same numbers as in the other copy of this text, whose sums were checked.",
    "ecfmg-2010": "7,246 + 3,695 + 107 are its 11,048 IMGs and 2,881 + 1,749 + 56 its 4,686 matches; 22,809 positions less the stated 382 are the 22,427 of its text of 2009.",
    "ecfmg-2011": "6,659 + 3,769 + 49 are its 10,477 IMGs and 2,721 + 1,884 + 21 its 4,626 matches; 23,421 positions plus the 613 that ECFMG's own text of 2012 adds are 24,034.",
    "ecfmg-2013": "7,568 + 5,095 and 20 of the Fifth Pathway are its 12,683 IMGs; 26,392 positions less the stated 2,358 are the 24,034 of ECFMG's own text of 2012.",
    "ecfmg-2014": "7,334 + 5,133 + 15 are 12,482 IMGs, 95 more than in ECFMG's own text of 2015 as that says; so are 26,678 positions with the 615 that it adds.",
    "ecfmg-2016": "7,460 + 5,323 + 7 are its 12,790 IMGs and 3,769 + 2,869 its 6,638 matches; 27,860 positions less the stated 567 are the 27,293 of ECFMG's own text of 2015.",
    "ecfmg-2018": "2,900 and 3,962 less the stated 123 and 148 are the 2,777 and 3,814 of ECFMG's own text of 2017; so are 30,232 positions less the stated 1,383.",
    "ecfmg-2020": "3,154 + 4,222 are its 7,376 matches.",
    "ecfmg-2021": "3,152 + 4,356 are its 7,508 matches, 132 more than the 7,376 of its text of 2020 as it says.",
    "intealth-2024": "3,181 + 5,864 are its 9,045 matches, 657 more than the 8,388 of Intealth's own text of 2023 as it says.",
    "nrmp-2010-release": "3,390 + 305 and 7,484 - 238 are the 3,695 and 7,246 of ECFMG's text of the same year.",
    "nrmp-2011-release": "16,559 US seniors less the stated 489 are 16,070, as are the 15,638 of AAMC's release of 2009 plus the 432 of the release of 2010.",
    "nrmp-2025-release": "Less the stated increases, 52,498 registered and 43,237 positions are the 50,413 and 41,503 that the press printed in March 2024; 37,667 of 47,208 are its 79.8%, 40,764 of 43,237 its 94.3%.",
    "nrmp-2025-rd-release": "52,498, 47,208 and 43,237 are those of the release of March 2025; 47,208 less the stated 2,355 are the 44,853 of 2024.",
}


def say_kinds(apps: Any, schema_editor: Any) -> None:
    Source = apps.get_model("stats", "Source")
    kinds = {
        **dict.fromkeys(REPOSTS.split(), "repost"),
        **dict.fromkeys(TRANSCRIPTIONS.split(), "transcription"),
        **dict.fromkeys(CALCULATIONS.split(), "calculation"),
        **dict.fromkeys(REPORTS_CALLED_OFFICIAL.split(), "report"),
        **dict.fromkeys(OFFICIAL_CALLED_SECONDARY.split(), "official"),
    }
    rests_on = dict(line.split() for line in RESTS_ON.strip().splitlines())
    sources = list(Source.objects.all())
    for source in sources:
        usual = "official" if source.kind == "official" else "report"
        kind = kinds.get(source.key, usual)
        # Staff may have taken an address away; a copy without one is none.
        source.kind = "transcription" if kind == "repost" and not source.url else kind
        source.rests_on = rests_on.get(source.key, "")
        source.sums = SUMS.get(source.key, "")
    Source.objects.bulk_update(sources, ["kind", "rests_on", "sums"])


def forget_kinds(apps: Any, schema_editor: Any) -> None:
    Source = apps.get_model("stats", "Source")
    Source.objects.exclude(kind="official").update(kind="secondary")


class Migration(migrations.Migration):
    dependencies = [("stats", "0006_grades_by_rule")]

    operations = [migrations.RunPython(say_kinds, forget_kinds)]
