// Records, checkpoints, proofs: PROTOCOL.md chapter 7.
import { createPrivateKey, createPublicKey, randomBytes, sign as signBytes, verify as verifyBytes } from 'node:crypto'
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js'
import {
  ascii, b64, b64url, concat, demand, instant, isAuthority, isClosed, isCount, isDigest, MAX_INT, readInstant,
  sha256, u64, u8, unb64, unb64url, utf8,
} from './encoding.mjs'
import { consistencyPath, EMPTY_ROOT, includes, inclusionPath, isConsistent, leafHash, root } from './tree.mjs'

const RECORD = new RegExp('^[{]"v":1,"kind":"(sent|received|journal|succession|renewal)","id":"([A-Za-z0-9_-]{43})",'
  + '"from":"([A-Z0-9-]+)","to":"([A-Z0-9-]+)","at":"([0-9TZ:.-]{24})","salt":"([A-Za-z0-9_-]{43})"[}]$')
const MAX_RECORD = 512 // [L-1]
const MAX_PATH = 54 // [L-13]
const MAX_NOTE = 98304 // [L-9]
const MAX_WITNESSES = 16 // [L-9]
const LAST_SECOND = 253402300799 // [L-11]
export const ORIGIN = /^([A-Z]{2}(?:-[A-Z0-9]{1,16}){1,3})[/]log[/]([1-9][0-9]{0,5})$/ // [L-6]
const SIGNATURE_LINE = /^\u2014 ([^\p{White_Space}+]+) ([A-Za-z0-9+/]+={0,2})$/u // [L-8]

// Records

/** [L-1], [L-3] A new record as its bytes. */
export function newRecord(kind, id, from, to, at = instant()) {
  return ascii(JSON.stringify({ v: 1, kind, id, from, to, at, salt: b64url(randomBytes(32)) }))
}

/** [L-1], [L-2] Reads a record's bytes; wrong form is `proof-form`. */
export function readRecord(bytes) {
  const found = bytes.length <= MAX_RECORD ? RECORD.exec(bytes.toString('latin1')) : null
  demand(found, 'proof-form', 'record')
  const [, kind, id, from, to, at, salt] = found
  const known = isDigest(id) && isAuthority(from) && isAuthority(to) && readInstant(at) !== null && isDigest(salt)
  const ofMessage = kind === 'sent' || kind === 'received'
  demand(known && ofMessage === (from !== to), 'proof-form', 'record')
  return { kind, id, from, to, at }
}

// Checkpoints

const keyId = (origin, type, key) => sha256(utf8(origin), Buffer.from([0x0a, type]), key).subarray(0, 4)

/** [L-11] What the ML-DSA-44 line signs. */
function cosigned(origin, time, size, rootHash) {
  const name = concat(u8(origin.length), ascii(origin))
  return concat(ascii('subtree/v1\n\0'), name, u64(time), name, u64(0), u64(size), rootHash)
}

const ed25519Public = (raw) => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: b64url(raw) }, format: 'jwk' })

/** [L-6] to [L-11] Signs a head; `keys` has `ed25519` (private JWK), `mldsa44` (secret) and the raw public keys. */
export function signCheckpoint({ origin, size, root: rootHash, at }, keys) {
  const text = `${origin}\n${size}\n${b64(rootHash)}\n`
  const time = Math.floor(at / 1000) // [L-17]
  const first = signBytes(null, utf8(text), createPrivateKey({ key: keys.ed25519, format: 'jwk' }))
  const second = ml_dsa44.sign(cosigned(origin, time, size, rootHash), keys.mldsa44)
  const line = (type, key, signature) => `\u2014 ${origin} ${b64(concat(keyId(origin, type, key), signature))}\n`
  return `${text}\n${line(1, keys.ed25519Public, first)}${line(6, keys.mldsa44Public, concat(u64(time), second))}`
}

/** The form of a note [L-6] to [L-9]. */
function readNote(note) {
  demand(typeof note === 'string' && note.length <= MAX_NOTE && !/[\u0000-\u0009\u000b-\u001f\u007f]/.test(note), 'checkpoint-form')
  const found = /^([^\n]*)\n(0|[1-9][0-9]*)\n([^\n]*)\n\n((?:[^\n]+\n)+)$/.exec(note)
  demand(found, 'checkpoint-form')
  const [, origin, digits, rootText, lines] = found
  const [size, rootHash] = [Number(digits), unb64(rootText)]
  demand(ORIGIN.test(origin) && size <= MAX_INT && rootHash?.length === 32, 'checkpoint-form')
  demand(size > 0 || rootHash.equals(EMPTY_ROOT), 'checkpoint-form', 'empty log')
  const signatures = lines.slice(0, -1).split('\n').map(readSignatureLine)
  return { origin, size, root: rootHash, text: `${origin}\n${digits}\n${rootText}\n`, signatures }
}

export function readSignatureLine(line) {
  const found = SIGNATURE_LINE.exec(line)
  const bytes = found && unb64(found[2])
  demand(bytes && bytes.length > 4, 'checkpoint-form', 'signature line')
  return { name: found[1], keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) }
}

/** [L-12] Verifies a note against a log: `{origin, ed25519, mldsa44}`, keys raw. */
export function verifyCheckpoint(note, log) {
  const head = readNote(note)
  const linesOf = (type, key) => head.signatures.filter(
    (line) => line.name === log.origin && line.keyId.equals(keyId(log.origin, type, key)))
  const [firsts, seconds] = [linesOf(1, log.ed25519), linesOf(6, log.mldsa44)]
  demand(firsts.length <= 1 && seconds.length <= 1, 'checkpoint-form', 'line twice') // [L-8]
  demand(head.signatures.length - firsts.length - seconds.length <= MAX_WITNESSES, 'checkpoint-form', 'witnesses')
  demand(head.origin === log.origin, 'log-origin')
  demand(firsts.length === 1 && seconds.length === 1, 'checkpoint-signature', 'line missing')
  demand(verifyEd25519(utf8(head.text), firsts[0].signature, log.ed25519), 'checkpoint-signature', 'Ed25519')
  const at = verifySecond(head, seconds[0].signature, log)
  return { origin: head.origin, size: head.size, root: head.root, at, note }
}

const verifyEd25519 = (text, signature, key) => signature.length === 64
  && verifyBytes(null, text, ed25519Public(key), signature)

/** A line that others published under `text`, with the verifier key (signed-note) that it must verify with. */
export function verifyPublished(text, line, key) {
  const [, name, id, blob] = /^([^+]+)[+]([0-9a-f]{8})[+](.+)$/.exec(key)
  const [read, raw] = [readSignatureLine(line), unb64(blob)]
  const [type, known] = [raw[0], raw.subarray(1)]
  const own = keyId(name, type, known)
  demand(read.name === name && own.toString('hex') === id && own.equals(read.keyId), 'checkpoint-signature', 'key id')
  if (type === 1) return demand(verifyEd25519(utf8(text), read.signature, known), 'checkpoint-signature', 'Ed25519')
  const [origin, size, rootText] = text.split('\n')
  demand(origin === name, 'checkpoint-signature', 'of its own log')
  const message = cosigned(origin, read.signature.readBigUInt64BE(0), Number(size), unb64(rootText))
  return demand(ml_dsa44.verify(read.signature.subarray(8), message, known), 'checkpoint-signature', 'ML-DSA-44')
}

function verifySecond({ origin, size, root: rootHash }, signature, log) {
  demand(signature.length === 8 + 2420, 'checkpoint-signature', 'ML-DSA-44')
  const time = signature.readBigUInt64BE(0)
  demand(time >= 1n && time <= BigInt(LAST_SECOND), 'checkpoint-form', 'time')
  const message = cosigned(origin, time, size, rootHash)
  demand(ml_dsa44.verify(signature.subarray(8), message, log.mldsa44), 'checkpoint-signature', 'ML-DSA-44')
  return Number(time)
}

// Proofs

function readPath(path) {
  demand(Array.isArray(path) && path.length <= MAX_PATH && path.every(isDigest), 'proof-form', 'path')
  return path.map(unb64url)
}

/** [L-13] Reads an inclusion proof. */
export function readProof(proof) {
  demand(isClosed(proof, ['record', 'index', 'size', 'path']), 'proof-form')
  const record = unb64url(proof.record)
  demand(record && isCount(proof.index) && isCount(proof.size) && proof.index < proof.size, 'proof-form')
  return { record, fields: readRecord(record), index: proof.index, size: proof.size, path: readPath(proof.path) }
}

/** [L-15] Verifies an inclusion proof under a verified checkpoint; returns the record's fields. */
export function verifyProof(proof, { kind, id, sender, recipient }, checkpoint) {
  const { record, fields, index, size, path } = readProof(proof)
  demand(fields.kind === kind && fields.id === id, 'proof-invalid', 'record')
  demand(fields.from === sender && fields.to === recipient, 'proof-invalid', 'parties')
  demand(size === checkpoint.size, 'proof-invalid', 'size')
  demand(includes(leafHash(record), index, size, path, checkpoint.root), 'proof-invalid', 'path')
  return { ...fields, index, size }
}

/** [L-14] Reads a consistency proof, or null. */
function readConsistency(proof) {
  if (proof === null || proof === undefined) return null
  demand(isClosed(proof, ['old', 'new', 'path']), 'proof-form')
  demand(isCount(proof.old) && isCount(proof.new) && proof.old <= proof.new, 'proof-form')
  return { old: proof.old, new: proof.new, path: readPath(proof.path) }
}

/** [L-20] Compares a verified checkpoint with the remembered one: first, same, ahead or behind. */
export function compare(remembered, shown, consistency) {
  const proof = readConsistency(consistency)
  if (!remembered) return 'first'
  demand(shown.origin === remembered.origin, 'log-origin')
  if (shown.size === remembered.size) {
    demand(shown.root.equals(remembered.root), 'log-fork')
    return 'same'
  }
  const [low, high] = shown.size > remembered.size ? [remembered, shown] : [shown, remembered]
  const result = high === shown ? 'ahead' : 'behind'
  if (low.size === 0) return result
  demand(proof && proof.old === low.size && proof.new === high.size, 'log-proof-needed', '', [String(remembered.size)])
  demand(isConsistent(low.size, high.size, proof.path, low.root, high.root), 'log-fork')
  return result
}

// Our own log: leaves are the hashes of the records kept

/** [L-13] The proof of record `index` in the log of `records` (bytes). */
export function prove(records, index) {
  const leaves = records.map(leafHash)
  return { record: b64url(records[index]), index, size: records.length, path: inclusionPath(index, leaves).map(b64url) }
}

/** [B-1] The consistency proof from `old`, or null where none is needed. */
export function proveConsistency(records, old) {
  if (old === 0 || old >= records.length) return null
  const leaves = records.map(leafHash)
  return { old, new: records.length, path: consistencyPath(old, leaves).map(b64url) }
}

export const logRoot = (records) => root(records.map(leafHash))
