// Runs the published vectors: node vectors.mjs [FOLDER]; one JSON line a file, exit 1 if any case is wrong.
// Not run: fold/, for this peer computes no state, and statement/, for it states nothing.
import './src/webcrypto.mjs'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readAgreement } from './src/agreement.mjs'
import { judgeFile } from './src/bundle.mjs'
import { PROFILE, readAnswer, readBatch } from './src/batch.mjs'
import { judgeSubmission, readCosignatures } from './src/cosignature.mjs'
import { b64url, digestOf, readInstant, Refused, sha256, unb64, unb64url, utf8 } from './src/encoding.mjs'
import { checkKeyCounts, checkSuccessor, readEntryFile } from './src/entry.mjs'
import { canonical, readJson } from './src/json.mjs'
import { TYP, verify } from './src/jws.mjs'
import { readJwk, thumbprint } from './src/keys.mjs'
import { compare, readRecord, verifyCheckpoint, verifyProof, verifyPublished } from './src/log.mjs'
import { checkPayload } from './src/payload.mjs'
import { readRefusal } from './src/refusal.mjs'
import { messageId, verifyMessage } from './src/sdjwt.mjs'
import { open, parse, sealingKey, unpack } from './src/seal.mjs'
import { decrypt, encrypt } from './src/stream.mjs'
import { includes, isConsistent, leafHash, root } from './src/tree.mjs'
import { pack, unpack as unzip } from './src/zip.mjs'

const folder = process.argv[2] ?? fileURLToPath(new URL('../../../schemas/vectors', import.meta.url))
const hex = (text) => Buffer.from(text, 'hex')
const same = (a, b) => canonical(a) === canonical(b)

/** The outcome of a case: what `run` returns, or the code it is refused with. */
async function outcome(run) {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Refused) return error.code
    return `${error.name}: ${error.message}`
  }
}

/** accept, and the output as the vector tells it. */
const accepted = (output, expected) => (same(output, expected) ? 'accept' : `output ${canonical(output)}`)

async function keysFor(jwks) {
  const keys = new Map()
  for (const jwk of jwks) keys.set(await thumbprint(jwk), jwk)
  return keys
}

const envelope = {
  jwk: async (c) => accepted(await readJwk(c.input, c.alg), c.output),
  jws: async (c) => accepted((await verify(c.input, TYP.refusal, await keysFor(c.keys.verify))).payload, c.output),
  sdjwt: async (c) => {
    const { clear, groups, missing, id } = await verifyMessage(c.input, await keysFor(c.keys.verify), { allowMissing: c.allow_missing })
    return accepted({ clear, groups, missing, id }, c.output)
  },
  content: async (c) => {
    const { jws, disclosures, proof } = unpack(unb64url(c.input))
    return accepted({ id: messageId(jws), disclosures: disclosures.length, proof }, c.output)
  },
  jwe: async (c) => {
    const seed = unb64url(c.keys.seal_seed)
    const { kid } = await sealingKey(seed)
    return accepted(b64url(await open(parse(c.input), new Map([[kid, seed]]))), c.output)
  },
  stream: async (c) => {
    const [key, prefix] = [unb64url(c.keys.key), unb64url(c.keys.prefix)]
    if (typeof c.input === 'string') return accepted(b64url(decrypt(unb64url(c.input), key, prefix)), c.output)
    const plain = Buffer.from(Array.from({ length: c.input.pattern }, (_, i) => i % 251))
    const text = encrypt(plain, key, prefix)
    if (!decrypt(text, key, prefix).equals(plain)) return 'does not open again'
    return accepted({ sha256: digestOf(text), size: text.length }, c.output)
  },
}

const refusesAs = (ok) => (ok ? 'accept' : 'refuse')
const headOf = (head) => head && { ...head, root: hex(head.root) }

const evidence = {
  record: async (c) => {
    const bytes = utf8(c.record)
    const form = await outcome(() => { readRecord(bytes); return 'accept' })
    if (form !== 'accept') return 'refuse'
    return accepted(leafHash(bytes).toString('hex'), c.leaf)
  },
  checkpoint: async (c, file) => {
    const { origin, ed25519, mldsa44 } = file.public
    const { size, root: rootHash, at } = verifyCheckpoint(c.note, { origin, ed25519: unb64(ed25519), mldsa44: unb64(mldsa44) })
    return accepted({ size, root: rootHash.toString('hex'), at }, { size: c.size, root: c.root, at: c.at })
  },
  published: async (c) => {
    for (const { key, line } of c.lines) verifyPublished(c.text, line, key)
    return 'accept'
  },
  proof: async (c, file) => {
    verifyProof(c.proof, c.asked, headOf(file.checkpoint))
    return 'accept'
  },
  compare: async (c) => compare(headOf(c.remembered), headOf(c.shown), c.consistency),
}

const tree = {
  leaves: (file) => file.leaves.every((leaf, i) => leafOf(hex(leaf)) === file.leaf_hashes[i]),
  roots: (file) => file.roots.every((one, i) => root(file.leaf_hashes.slice(0, i).map(hex)).equals(hex(one))),
  inclusion: (c) => refusesAs(includes(hex(c.leaf), c.index, c.size, c.path.map(hex), hex(c.root))),
  consistency: (c) => refusesAs(isConsistent(c.old, c.new, c.path.map(hex), hex(c.old_root), hex(c.new_root))),
}
const leafOf = (data) => sha256(Buffer.from([0]), data).toString('hex')

const entry = {
  entry: async (c) => {
    const read = await readEntryFile(utf8(c.file))
    const told = c.digest ? { digest: read.digest, fingerprint: read.fingerprint, terms_digest: read.termsDigest } : {}
    return accepted(told, c.digest ? { digest: c.digest, fingerprint: c.fingerprint, terms_digest: c.terms_digest } : {})
  },
  succession: async (c, file) => {
    await checkSuccessor(await readEntryFile(utf8(c.file)), await readEntryFile(utf8(c.previous ?? file.previous)))
    return 'accept'
  },
  validity: async (c, file) => {
    const proof = c.proof_of_existence && readInstant(c.proof_of_existence)
    checkKeyCounts(file.keys[c.key], readInstant(c.claimed), readInstant(c.first_arrival), proof)
    return 'accept'
  },
  agreement: async (c, file) => {
    const read = await readAgreement(utf8(c.file), file.parties, readInstant(file.now))
    return accepted(read, { digest: c.terms_digest, at: c.at })
  },
}

const judgePayload = async (c) => {
  checkPayload({ payload: c.clear, clear: c.clear, groups: c.groups })
  return 'accept'
}
const payload = { type: judgePayload, clear: judgePayload, groups: judgePayload }

const bodyOf = ({ body }) => utf8(body.map((one) => (typeof one === 'string' ? one : one.text.repeat(one.times))).join(''))

const batch = {
  batch: async (c) => {
    const { header, seals } = readBatch(bodyOf(c))
    return accepted({ header: { profile: PROFILE, ...header }, lines: seals.length }, c.output)
  },
  answer: async (c) => orRefuse(() => {
    const { header, lines } = readAnswer(bodyOf(c), c.messages)
    return accepted({ header: { profile: PROFILE, ...header }, lines: lines.length }, c.output)
  }),
}

const refusal = {
  refusal: async (c, file) => orRefuse(async () => {
    const { from, to, id, jwe } = file.asked
    const keys = await keysFor(file.keys.verify)
    return accepted(await readRefusal(c.token, { keys, from, to, id, jwe }), c.output)
  }),
}

const keyed = ({ name, origin, ed25519, mldsa44 }) => (
  { name, origin, ed25519: ed25519 && unb64(ed25519), mldsa44: unb64(mldsa44) })

const cosignature = {
  cosignature: async (c, file) => accepted(readCosignatures(c.lines, headOf(file.head), file.members.map(keyed)), c.signed),
  submission: async (c, file) => {
    const { status, size, holds, fault } = judgeSubmission(c.body, keyed(file.log), headOf(c.held))
    const told = { fault: fault ?? false, size: size ?? null, holds: holds ?? null }
    const meant = { fault: c.fault, size: c.size ?? null, holds: c.holds ?? null }
    return same(told, meant) ? status : `${status} ${canonical(told)}`
  },
}

/** For what is nobody's code to tell: an answer that does not hold is no answer. */
async function orRefuse(run) {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Refused) return 'refuse'
    throw error
  }
}

async function judgeTree(file) {
  const wrong = ['leaves', 'roots'].filter((part) => !tree[part](file))
  for (const kind of ['inclusion', 'consistency']) {
    wrong.push(...file[kind].filter((c) => tree[kind](c) !== c.expected).map((c) => c.name))
  }
  return { cases: file.inclusion.length + file.consistency.length, wrong }
}

async function judgeCases(judge, file) {
  const wrong = []
  for (const c of file.cases) {
    const got = await outcome(() => judge(c, file))
    if (got !== c.expected) {
      wrong.push(c.name)
      process.stderr.write(`${c.name}: expected ${c.expected}, got ${got}\n`)
    }
  }
  return { cases: file.cases.length, wrong }
}

const FIRST = ['layer.json', 'manifest.json', 'manifest.jws']

/** The file that a case describes. */
function fileOf(c) {
  const base = readFileSync(join(folder, 'bundle', c.base ?? 'small.zip'))
  if (c.zip) return unb64url(c.zip)
  if (c.patch) return Buffer.concat([base.subarray(0, c.patch.at), unb64url(c.patch.put), base.subarray(c.patch.at + c.patch.cut)])
  const files = new Map(unzip(base).map(([name, data]) => [name, data]))
  for (const [name, data] of Object.entries(c.files)) {
    if (data === null) files.delete(name)
    else files.set(name, unb64url(data))
  }
  const first = FIRST.filter((name) => files.has(name))
  const rest = [...files.keys()].filter((name) => !FIRST.includes(name)).sort()
  return pack([...first, ...rest].map((name) => [name, files.get(name)]))
}

const judgeBundle = async (c) => {
  const found = await judgeFile(fileOf(c))
  if (c.expected === 'accept') return found.length === 0 ? 'accept' : canonical(found)
  return found.some((one) => one.code === c.code && one.where === c.where) ? 'refuse' : canonical(found)
}
const bundle = { bundle: judgeBundle, outside: judgeBundle }

const JUDGES = { envelope, evidence: { ...evidence, tree: null }, entry, payload, batch, refusal, cosignature, bundle }
/** What no message carries: state and deadlines of threads, agreements, statements, journals, courier files; and restores. */
const BESIDE = ['fold', 'clocks', 'entry/agreement', 'entry/handing', 'evidence/journal', 'statement', 'courier', 'restore']
const names = (part) => readdirSync(join(folder, part)).filter((one) => one.endsWith('.json')).map((one) => one.slice(0, -5))

let failed = false
for (const part of readdirSync(folder).filter((one) => !BESIDE.includes(one))) {
  for (const name of names(part).filter((one) => !BESIDE.includes(`${part}/${one}`))) {
    const file = readJson(readFileSync(join(folder, part, `${name}.json`)), { keepFloats: true }) // 5.0 must not become 5
    const judge = JUDGES[part][name]
    const { cases, wrong } = await (judge ? judgeCases(judge, file) : judgeTree(file))
    failed ||= wrong.length > 0
    process.stdout.write(`${JSON.stringify({ file: `${part}/${name}.json`, cases, wrong })}\n`)
  }
}
process.exitCode = failed ? 1 : 0
