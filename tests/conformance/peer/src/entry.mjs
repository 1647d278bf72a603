// Entries: PROTOCOL.md chapters 8 and 9.
import { X509Certificate } from 'node:crypto'
import { ascii, demand, digestOf, isClosed, readInstant, Refused, sha256, shortTextIsClean, unb64url } from './encoding.mjs'
import { canonical, readJson } from './json.mjs'
import { readObject, split, TYP, verify } from './jws.mjs'
import { readJwk } from './keys.mjs'
import { ORIGIN } from './log.mjs'
import { ajv, load } from './schemas.mjs'
import { areSound, termsDigest } from './terms.mjs'

const MAX_FILE = 131072 // [N-1]
const FORM = 'entry-form'
const fits = ajv.compile(load('entry.schema.json')) // the tables of [N-2] and [F-4]

/** [T-2] One DER certificate with a P-256 or Ed25519 key, or null. */
export function certificate(encoded) {
  try {
    const der = unb64url(encoded)
    const found = new X509Certificate(der)
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = found.publicKey
    const known = type === 'ed25519' || (type === 'ec' && details.namedCurve === 'prime256v1')
    return known && found.raw.equals(der) ? found : null
  } catch {
    return null
  }
}

/** [T-5] The digest by which a channel key is known. */
const spkiOf = (x509) => digestOf(x509.publicKey.export({ type: 'spki', format: 'der' }))

/** [N-11] */
export function fingerprint(jws) {
  const number = BigInt(`0x${sha256(ascii(jws)).toString('hex')}`) % 10n ** 40n
  return number.toString().padStart(40, '0').match(/.{5}/g).join(' ')
}

/** [N-1] to [N-4] Reads and verifies an entry file, in the order of [N-13]. */
export async function readEntryFile(file) {
  const { entry: jws, endorsement } = readFile(file)
  const { kid, payload } = split(jws, TYP.entry)
  const entry = readObject(payload)
  demand(!(Number.isSafeInteger(entry.v) && entry.v > 1), 'version-unknown')
  await checkForm(entry)
  demand(entry.seq > 1 || endorsement === null, FORM, 'endorsement of a first entry') // [N-7]
  checkSigner(entry, kid, entry.issued)
  await verify(jws, TYP.entry, keysOf(entry, 'sign'))
  return {
    entry, jws, kid, endorsement, digest: digestOf(ascii(jws)), fingerprint: fingerprint(jws), termsDigest: termsDigest(entry.terms),
  }
}

function readFile(file) {
  demand(file.length <= MAX_FILE, 'too-large', 'entry file')
  let value
  try {
    value = readJson(file)
  } catch {
    throw new Refused(FORM, 'file')
  }
  const isToken = (one) => typeof one === 'string'
  demand(isClosed(value, ['entry', 'endorsement']) && isToken(value.entry)
    && (value.endorsement === null || isToken(value.endorsement)), FORM, 'file')
  return value
}

async function checkForm(entry) {
  demand(fits(entry), FORM, ajv.errorsText(fits.errors))
  demand(entry.state === entry.authority.slice(0, 2), FORM, 'state')
  demand((entry.seq === 1) === (entry.prev === ''), FORM, 'prev')
  demand((entry.mode !== 'reached') === (entry.endpoint === ''), FORM, 'endpoint')
  demand(entry.endpoint === '' || URL.canParse(entry.endpoint), FORM, 'endpoint')
  demand(isClean({ ...entry, succession: null }), FORM, 'characters')
  checkLog(entry)
  demand(entry.terms.authority === entry.authority && areSound(entry.terms)
    && entry.terms.counterpart === undefined, FORM, 'terms') // [N-3], [F-4]
  demand(entry.channel.every(certificate), FORM, 'certificate')
  demand(isUnique(entry.channel.map((one) => spkiOf(certificate(one)))), FORM, 'channel key twice')
  demand(isUnique(entry.keys.map((one) => one.kid)), FORM, 'key twice')
  for (const one of entry.keys) await checkKey(one)
  for (const use of ['sign', 'seal']) demand(entry.keys.some((one) => one.use === use), FORM, `no key to ${use}`)
  if (entry.witnesses) checkWitnesses(entry.witnesses)
}

const isUnique = (values) => new Set(values).size === values.length
const hasLength = (text, length) => unb64url(text)?.length === length

/** [E-10] */
function isClean(value) {
  if (typeof value === 'string') return shortTextIsClean(value)
  return value === null || typeof value !== 'object' || Object.entries(value).flat().every(isClean)
}

/** [N-3]; [N-2]: the log before is of the same authority and has the number before the present one. */
function checkLog({ authority, log, succession }) {
  const [, own, present] = ORIGIN.exec(log.origin)
  demand(own === authority && hasLength(log.ed25519, 32) && hasLength(log.mldsa44, 1312), FORM, 'log')
  if (!succession) return
  const [, before, number] = ORIGIN.exec(succession.origin)
  demand(before === own && Number(number) === Number(present) - 1, FORM, 'succession')
}

/** [K-1], [N-3] */
async function checkKey(one) {
  const [end, other] = one.use === 'sign' ? ['accept_until', 'open_until'] : ['open_until', 'accept_until']
  demand(one[end] !== undefined && one[other] === undefined, FORM, 'members of a key')
  demand(one.sign_from < one.sign_until && one.sign_until <= one[end], FORM, 'instants of a key')
  const kid = await readJwk(one.jwk, one.use === 'sign' ? 'Ed25519' : 'HPKE-10-KE')
  demand(kid === one.kid, FORM, 'key under another id')
}

function checkWitnesses({ quorum, members }) {
  demand(isUnique(members.map((one) => one.name)) && quorum <= members.length, FORM, 'witnesses')
  demand(members.every((one) => hasLength(one.mldsa44, 1312)), FORM, 'witness key')
}

/** Listed keys of one use, by id. */
export const keysOf = (entry, use) => new Map(entry.keys.filter((one) => one.use === use).map((one) => [one.kid, one.jwk]))

/** [N-4] A signer is listed, not revoked and in use at `issued`. */
function checkSigner(entry, kid, issued) {
  const signer = entry.keys.find((one) => one.kid === kid && one.use === 'sign')
  demand(signer, 'signing-key')
  demand(signer.revoked_from === undefined, 'key-revoked') // whatever its instant
  demand(signer.sign_from <= issued && issued <= signer.sign_until, 'key-expired')
}

/** [N-6] to [N-9] A verified entry held against the verified one before it. */
export async function checkSuccessor(next, before) {
  const [entry, old] = [next.entry, before.entry]
  demand(entry.authority === old.authority && entry.seq === old.seq + 1 && entry.prev === before.digest
    && entry.issued >= old.issued, 'entry-chain') // [N-6]
  await checkAuthorised(next, before)
  for (const one of old.keys) checkKept(one, entry)
  checkLogKept(entry, old)
}

/** [N-7] Signed by a key of the entry before, or endorsed by one. */
async function checkAuthorised(next, before) {
  const oldKeys = keysOf(before.entry, 'sign')
  const isOwn = oldKeys.has(next.kid)
  demand(isOwn || next.endorsement !== null, 'entry-chain', 'not by a key of the entry before')
  const kid = isOwn ? next.kid : split(next.endorsement, TYP.endorsement).kid
  checkSigner(before.entry, kid, next.entry.issued)
  const now = next.entry.keys.find((one) => one.kid === kid)
  demand(now?.revoked_from === undefined, 'key-revoked')
  if (!isOwn) await checkEndorsement(next, oldKeys)
}

async function checkEndorsement({ entry, digest, endorsement }, keys) {
  const { payload } = await verify(endorsement, TYP.endorsement, keys)
  demand(isClosed(payload, ['authority', 'entry', 'seq', 'v']) && payload.v === 1 && payload.seq === entry.seq
    && payload.authority === entry.authority && payload.entry === digest, 'entry-chain', 'endorsement')
}

/** [N-8] What a key means does not change; it stays listed until it is over. */
function checkKept(old, entry) {
  const now = entry.keys.find((one) => one.kid === old.kid)
  const end = old.accept_until ?? old.open_until
  demand(now || end <= entry.issued, 'entry-chain', 'key left out')
  if (!now) return
  const same = ['use', 'sign_from', 'sign_until', 'accept_until', 'open_until'].every((member) => now[member] === old[member])
  demand(same, 'entry-chain', 'key changed')
  const kept = old.revoked_from === undefined || (now.revoked_from !== undefined && now.revoked_from <= old.revoked_from)
  demand(kept, 'entry-chain', 'revocation taken back')
}

/** [N-9] */
function checkLogKept(entry, old) {
  if (entry.log.origin === old.log.origin) {
    const same = (one, other) => canonical(one ?? null) === canonical(other ?? null)
    demand(same(entry.log, old.log) && same(entry.succession, old.succession), 'entry-chain', 'log')
  } else {
    demand(entry.succession?.origin === old.log.origin, 'entry-chain', 'new log not named')
  }
}

/** [N-5], [K-6] No key of the entry is listed by another authority. */
export function checkNotShared(entry, others) {
  const own = new Set(keyNames(entry))
  for (const other of others) {
    if (other.authority === entry.authority) continue
    demand(!keyNames(other).some((one) => own.has(one)), 'entry-shared')
  }
}

const keyNames = (entry) => [
  ...entry.keys.map((one) => one.jwk.x ?? one.jwk.pub),
  ...entry.channel.map((one) => spkiOf(certificate(one))),
  entry.log.ed25519,
  entry.log.mldsa44,
]

/** The log of an entry with raw keys, for [L-12]. */
export const logOf = ({ log }) => ({ origin: log.origin, ed25519: unb64url(log.ed25519), mldsa44: unb64url(log.mldsa44) })

/** [V-1] to [V-3] Whether a signing key counts for what `claimed` (an instant, ms) covers. */
export function checkKeyCounts(signer, claimed, firstArrival, proofOfExistence = null) {
  if (signer.revoked_from !== undefined) { // [V-3]
    demand(proofOfExistence !== null && proofOfExistence < readInstant(signer.revoked_from), 'key-revoked')
  }
  const from = Math.floor(readInstant(signer.sign_from) / 1000) * 1000 // [V-2]
  demand(from <= claimed && claimed <= readInstant(signer.sign_until), 'key-expired') // [V-1]
  demand(firstArrival < readInstant(signer.accept_until), 'key-expired')
}

/** [S-6] The key to seal to. */
export function currentSealingKey(entry, now) {
  const usable = entry.keys.filter((one) => one.use === 'seal' && one.revoked_from === undefined
    && one.sign_from <= now && now < one.open_until)
  usable.sort((a, b) => (a.sign_from < b.sign_from ? 1 : -1))
  demand(usable.length > 0, 'seal-key', 'the peer has none')
  return usable[0]
}
