// Makes a passkey, or signs with one, and sends the result with its form. The forms are
// hidden until this runs: without it nothing could be sent.

const WORDS = {
  NotAllowedError: "Nothing was done: it was cancelled, or took too long. Try again.",
  InvalidStateError: "This device holds a passkey for your account already.",
  NotSupportedError: "This device cannot keep a passkey for this site.",
  ConstraintError: "This device cannot ask for a finger, a face or a PIN, which a passkey needs.",
  SecurityError: "Browsers accept passkeys only at an address with a name and HTTPS.",
};
const OTHERWISE = "That did not work. Try again, or sign in another way.";

function toBytes(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function toText(buffer) {
  const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(characters.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const named = (credentials) => (credentials ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

async function create({ creation_options: { publicKey } }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: named(publicKey.excludeCredentials),
    },
  });
  return whatItSays(credential, ["clientDataJSON", "attestationObject"]);
}

async function get({ request_options: { publicKey } }) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: named(publicKey.allowCredentials),
    },
  });
  return whatItSays(credential, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
}

/** A credential as JSON, with these parts of its response. */
function whatItSays(credential, parts) {
  const present = parts.filter((part) => credential.response[part]);
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    response: Object.fromEntries(present.map((part) => [part, toText(credential.response[part])])),
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function optionsOf(form) {
  if (!form.dataset.optionsUrl) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** What keeps this page from using passkeys at all, in words; empty if nothing does. */
function obstacle() {
  if (["127.0.0.1", "[::1]"].includes(location.hostname)) {
    return `Browsers accept no passkeys at ${location.hostname}. Open http://localhost:${location.port || 80} instead.`;
  }
  if (!window.isSecureContext) return WORDS.SecurityError;
  if (!window.PublicKeyCredential || !navigator.credentials) return "This browser knows no passkeys.";
  return "";
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button[type=submit]");
  const says = form.querySelector("[role=alert].passkey__says");
  const ceremony = { create, get }[form.dataset.passkey];
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    says.textContent = "";
    button.disabled = true;
    try {
      form.elements.credential.value = await ceremony(await optionsOf(form));
      // The method of that name does not come back here, as a click would.
      form.submit();
    } catch (error) {
      says.textContent = WORDS[error.name] ?? OTHERWISE;
      button.disabled = false;
    }
  });
  const reason = obstacle();
  if (reason) {
    says.textContent = reason;
    button.disabled = true;
  }
}
