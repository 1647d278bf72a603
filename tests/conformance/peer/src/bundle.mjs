// Evidence bundles: PROTOCOL.md chapter 28. Everything that does not hold, as {code, where}.
// Time stamps are not opened: this peer reads no ASN.1. It looks whether one is over the right bytes, no more.
import {
  b64, demand, digestOf, isAscending, isClosed, isCount, isDigest, isObject, readInstant, Refused, sha256, unb64url, utf8,
} from './encoding.mjs'
import { readCosignatures } from './cosignature.mjs'
import { checkKeyCounts, checkNotShared, checkSuccessor, keysOf, logOf, readEntryFile } from './entry.mjs'
import { canonical, readJson } from './json.mjs'
import { verify } from './jws.mjs'
import { compare, verifyCheckpoint, verifyProof } from './log.mjs'
import { checkPayload } from './payload.mjs'
import { verifyMessage } from './sdjwt.mjs'
import { openAttachment } from './stream.mjs'
import { termsDigest } from './terms.mjs'
import { includes, leafHash } from './tree.mjs'
import { damaged, unpack } from './zip.mjs'

const TYP = 'tracer-evidence+jws'
const KINDS = {
  agreements: 'agreement', attachments: 'attachment', checkpoints: 'checkpoint', consistency: 'consistency',
  cosigned: 'cosigned-checkpoint', entries: 'entry', messages: 'message', proofs: 'proof', report: 'report', terms: 'terms',
  tokens: 'time-token',
}
const kindOf = (name) => (name === 'README.txt' ? 'readme' : KINDS[name.split('/')[0]])
const numbered = (n) => String(n).padStart(4, '0')

const mapOf = (members) => new Map(members.map(([name, data]) => [name, data]))

/** Findings as they are made; a check that throws is one. */
class Findings {
  constructor() { this.list = [] }

  add(code, where = '') { this.list.push({ code, where }) }

  async of(where, run) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      this.add(error.code, where)
      return null
    }
  }
}

/** Canonical JSON, or `code`. */
function strict(bytes, code) {
  try {
    const value = readJson(bytes)
    demand(canonical(value) === bytes.toString('utf8'), code)
    return value
  } catch {
    throw new Refused(code)
  }
}

/** Judges a file: what does not hold, empty if all of it does. */
export async function judgeFile(file) {
  const found = new Findings()
  let members = await found.of('', () => unpack(file))
  const layers = []
  while (members?.[0][0] === 'layer.json') {
    layers.unshift(members)
    const inner = members.find(([name]) => name === 'renewed.zip')
    if (!inner) found.add('missing', 'renewed.zip')
    members = inner ? await found.of('', () => unpack(inner[1])) : null
  }
  for (const [i, layer] of layers.entries()) {
    for (const name of damaged(layer)) found.add('zip-checksum', `layer-${i + 1}/${name}`)
    await judgeLayer(mapOf(layer), i + 1, found)
  }
  if (members) await judgeBundle(members, found)
  return found.list
}

async function judgeBundle(members, found) {
  const files = mapOf(members)
  for (const name of damaged(members)) found.add('zip-checksum', name)
  const names = [...files.keys()]
  if (names[0] !== 'manifest.json' || names[1] !== 'manifest.jws' || !isAscending(names.slice(2))) found.add('zip')
  const manifest = await found.of('manifest.json', () => readManifest(files))
  if (!manifest) return
  checkListed(manifest.files, files, ['manifest.json', 'manifest.jws'], found)
  const book = await readEntries(files, manifest, found)
  await found.of('manifest.jws', () => checkSignature(files, manifest, book))
  const heads = await readHeads(files, book, found)
  const after = await joinHeads(files, heads, found)
  const seen = await readCosigned(files, heads, book, found)
  await checkTokens(files, heads, found)
  const thread = { files, manifest, book, heads, after, seen, found }
  const told = []
  const count = names.filter((name) => name.startsWith('messages/')).length
  for (let n = 1; n <= count; n++) told.push(await judgeMessage(n, thread))
  if (count === 0) found.add('missing', 'manifest.json')
  const ids = told.map((one) => one?.read.id)
  for (const [i, id] of ids.entries()) if (id && ids.indexOf(id) < i) found.add('form', `messages/${numbered(i + 1)}.sdjwt`)
  checkTerms(files, told, found)
  if (told.every(Boolean)) checkLeftOut(manifest, told, found)
}

/** [U-4] */
function readManifest(files) {
  const value = strict(files.get('manifest.json') ?? Buffer.alloc(0), 'manifest-form')
  const form = isClosed(value, ['at', 'authority', 'files', 'left_out', 'peer', 'profile', 'thread', 'v'])
    && Array.isArray(value.files) && Array.isArray(value.left_out) && readInstant(value.at) !== null
  demand(form, 'manifest-form')
  demand(value.v === 1 && value.profile === 'tracer-1', 'version-unknown')
  demand(isAscending(value.files.map((one) => one.name)), 'manifest-form')
  return value
}

/** [U-6] */
function checkListed(listed, files, besides, found, at = (name) => name) {
  const names = new Set(listed.map((one) => one.name))
  for (const name of files.keys()) if (!names.has(name) && !besides.includes(name)) found.add('unlisted', at(name))
  for (const { name, sha256: sum, size } of listed) {
    const data = files.get(name)
    if (!data) found.add('missing', at(name))
    else if (data.length !== size || sha256(data).toString('hex') !== sum) found.add('digest', at(name))
  }
}

/** Entries in their chains: signing keys, logs, witnesses by authority. */
async function readEntries(files, { authority, peer }, found) {
  const book = { keys: new Map(), owner: new Map(), listed: new Map(), logs: new Map(), chosen: {}, vouched: [], entries: [] }
  let before = null
  for (const [name, data] of files) {
    if (!name.startsWith('entries/')) continue
    const read = await found.of(name, () => readEntryFile(data))
    if (!read) continue
    if (before?.entry.authority === read.entry.authority) {
      try { await checkSuccessor(read, before) } catch { /* another identity: the reader compares */ }
    }
    before = read
    await found.of('', () => checkNotShared(read.entry, book.entries))
    book.entries.push(read.entry)
    addEntry(read.entry, book)
  }
  for (const who of [authority, peer]) if (!(who in book.chosen)) found.add('missing')
  return book
}

function addEntry(entry, book) {
  const who = entry.authority
  for (const [kid, jwk] of keysOf(entry, 'sign')) {
    book.keys.set(kid, jwk)
    book.owner.set(kid, who)
    book.listed.set(kid, entry.keys.find((one) => one.kid === kid))
  }
  book.logs.set(entry.log.origin, logOf(entry))
  const members = (entry.witnesses?.members ?? []).map(({ name, mldsa44 }) => ({ name, mldsa44: unb64url(mldsa44) }))
  book.chosen[who] = { members: [...(book.chosen[who]?.members ?? []), ...members], quorum: entry.witnesses?.quorum ?? 0 }
  if (entry.witness) book.vouched.push(`${entry.witness.name} ${entry.witness.mldsa44}`)
}

/** [U-5] */
async function checkSignature(files, { authority, at }, book) {
  const own = new Map([...book.keys].filter(([kid]) => book.owner.get(kid) === authority))
  const { kid, payload } = await verify((files.get('manifest.jws') ?? '').toString('latin1'), TYP, own)
  const claim = { at, manifest: digestOf(files.get('manifest.json')), v: 1 }
  demand(canonical(payload) === canonical(claim), 'manifest-signature')
  const key = book.listed.get(kid)
  demand(key.sign_from <= at && at <= key.sign_until, 'key-expired')
  demand(key.revoked_from === undefined, 'key-revoked')
}

/** Heads by `origin size`; a second root of one size is a fork. */
async function readHeads(files, book, found) {
  const heads = new Map()
  for (const [name, data] of files) {
    const place = /^(checkpoints|cosigned|tokens)[/](.+)[/]([0-9]+)[.]txt$/.exec(name)
    if (!place) continue
    await found.of(name, () => {
      const log = book.logs.get(place[2])
      demand(log, 'log-origin')
      const head = verifyCheckpoint(data.toString('utf8'), log)
      demand(String(head.size) === place[3], 'checkpoint-form', 'another size')
      const key = `${head.origin} ${head.size}`
      demand((heads.get(key) ?? head).root.equals(head.root), 'log-fork')
      if (!heads.has(key)) heads.set(key, head)
    })
  }
  return heads
}

async function joinHeads(files, heads, found) {
  const after = new Map()
  for (const [name, data] of files) {
    const place = /^consistency[/](.+)[/]([0-9]+)-([0-9]+)[.]json$/.exec(name)
    if (!place) continue
    await found.of(name, () => {
      const proof = strict(data, 'proof-form')
      const [old, later] = [place[2], place[3]].map((size) => heads.get(`${place[1]} ${size}`))
      demand(old && later, 'missing')
      demand(compare(old, later, proof) === 'ahead', 'form')
      const key = `${old.origin} ${old.size}`
      after.set(key, [...(after.get(key) ?? []), `${later.origin} ${later.size}`])
    })
  }
  return after
}

/** [U-10] Who has signed which head, and when. */
async function readCosigned(files, heads, book, found) {
  const seen = new Map()
  for (const [name, data] of files) {
    const place = /^cosigned[/](.+)[/]([0-9]+)[.]txt$/.exec(name)
    const head = place && heads.get(`${place[1]} ${place[2]}`)
    if (!head) continue
    await found.of(name, () => {
      const lines = data.toString('utf8').split('\n\n')[1] ?? ''
      const owner = head.origin.split('/')[0]
      const signed = readCosignatures(lines, head, book.chosen[owner].members)
      const count = lines.split('\n').length - 1
      demand(Object.keys(signed).length > 0 && count === 2 + Object.keys(signed).length, 'checkpoint-signature', 'line of nobody')
      seen.set(`${head.origin} ${head.size}`, signed)
    })
  }
  return seen
}

async function checkTokens(files, heads, found) {
  for (const [name, data] of files) {
    const place = /^tokens[/](.+)[/]([0-9]+)[.]tsr$/.exec(name)
    if (!place) continue
    const note = files.get(name.replace(/tsr$/, 'txt'))
    if (!note || !heads.has(`${place[1]} ${place[2]}`)) found.add('missing', name)
    else if (!data.includes(sha256(note))) found.add('time-token', name)
  }
}

/** [U-16] When enough witnesses, none the sender's, had signed what a head holds; null if not. */
function provenBy({ origin, size }, sender, { after, seen, book }) {
  const owner = origin.split('/')[0]
  const { members, quorum } = book.chosen[owner]
  const known = (name) => members.filter((one) => one.name === name)
    .every((one) => book.vouched.includes(`${name} ${one.mldsa44.toString('base64url')}`))
  const first = new Map()
  const walk = (key) => {
    for (const [name, at] of Object.entries(seen.get(key) ?? {})) {
      const counts = name.split('/')[0] !== sender && (owner !== sender || known(name))
      if (counts) first.set(name, Math.min(at, first.get(name) ?? at))
    }
    for (const next of after.get(key) ?? []) walk(next)
  }
  walk(`${origin} ${size}`)
  const times = [...first.values()].sort((a, b) => a - b)
  return quorum > 0 && times.length >= quorum ? times[quorum - 1] * 1000 : null
}

async function judgeMessage(n, thread) {
  const { files, manifest, book, found } = thread
  const name = `messages/${numbered(n)}.sdjwt`
  if (!files.has(name)) {
    found.add('missing', name)
    return null
  }
  const parties = [manifest.authority, manifest.peer]
  const read = await found.of(name, async () => {
    const one = await verifyMessage(files.get(name).toString('latin1'), book.keys, { allowMissing: true })
    checkPayload(one)
    const { sender, recipient, thread: of } = one.clear
    const owner = book.owner.get(one.kid)
    demand(sender === owner && parties.includes(sender) && parties.includes(recipient) && sender !== recipient, 'party-mismatch')
    demand((of ?? one.id) === manifest.thread, 'thread-parties')
    return one
  })
  if (!read) return null
  const places = await readPlaces(n, read, thread)
  await found.of(name, () => checkKey(read, places, thread))
  const attachments = await checkFiles(n, read, thread)
  return { read, ...places, attachments, n }
}

async function readPlaces(n, { id, clear }, { files, heads, found }) {
  const name = `proofs/${numbered(n)}.json`
  const out = { sent: null, received: null, stated: { sent: true, receipt: true } }
  if (!files.has(name)) {
    found.add('missing', name)
    return out
  }
  const both = await found.of(name, () => {
    const value = strict(files.get(name), 'proof-form')
    demand(isClosed(value, ['id', 'received', 'sent']), 'proof-form')
    demand(value.id === id, 'proof-invalid')
    return value
  })
  if (!both) return out
  out.stated = { sent: both.sent !== null, receipt: both.received !== null }
  for (const [kind, owner] of [['sent', clear.sender], ['received', clear.recipient]]) {
    if (!both[kind]) continue
    out[kind] = await found.of(name, () => {
      const { origin, ...proof } = both[kind]
      demand(typeof origin === 'string' && origin.split('/')[0] === owner, 'log-origin')
      const head = heads.get(`${origin} ${proof.size}`)
      demand(head, 'missing')
      const record = verifyProof(proof, { kind, id, sender: clear.sender, recipient: clear.recipient }, head)
      return { head, at: readInstant(record.at) }
    })
  }
  return out
}

/** [U-12] (7) */
function checkKey({ kid, clear }, { sent, received }, thread) {
  const claimed = sent ? sent.head.at * 1000 : received?.at
  if (claimed === undefined) {
    demand(thread.book.listed.get(kid).revoked_from === undefined, 'key-revoked')
    return
  }
  const heads = [sent, received].filter(Boolean).map((one) => one.head)
  const proofs = [received?.at, ...heads.map((head) => provenBy(head, clear.sender, thread))].filter((one) => one)
  const proven = proofs.length > 0 ? Math.min(...proofs) : null
  checkKeyCounts(thread.book.listed.get(kid), claimed, received?.at ?? proven ?? claimed, proven)
}

async function checkFiles(n, { clear, groups }, { files, found }) {
  let missing = 0
  for (const item of clear.attachments ?? []) {
    const name = `attachments/${numbered(n)}-${String(item.n).padStart(2, '0')}.bin`
    const data = files.get(name)
    const key = groups[`attachment_key.${item.n}`]
    if (!data) missing += 1
    else await found.of(name, () => {
      demand(data.length === item.cipher_size && digestOf(data) === item.cipher_digest, 'attachment-digest')
      if (key) openAttachment(data, item, key)
    })
  }
  return missing
}

function checkTerms(files, told, found) {
  const named = told.filter(Boolean).map((one) => one.read.clear.terms)
  for (const [name, data] of files) {
    if (!name.startsWith('terms/')) continue
    const digest = termsDigest(readJson(data))
    if (told.every(Boolean) && !named.includes(digest)) found.add('terms-form', name)
  }
}

/** [U-13] */
function checkLeftOut({ left_out: stated, thread }, told, found) {
  if (told.length > 0 && !told.some((one) => one.read.id === thread)) found.add('left-out', 'manifest.json')
  for (const { read, attachments, stated: records } of told) {
    const count = (what) => stated.filter((one) => one.what === what && one.message === read.id).length
    const missing = { group: read.missing, attachment: attachments, sent: Number(!records.sent), receipt: Number(!records.receipt) }
    for (const [what, number] of Object.entries(missing)) if (count(what) !== number) found.add('left-out', 'manifest.json')
  }
}

// Layers: 28.5

const LAYER = ['algorithm', 'files', 'index', 'path', 'profile', 'root', 'size', 'v']
const LOG_FILES = ['entry.json', 'log.json', 'log.txt']

async function judgeLayer(files, number, found) {
  const at = (name) => `layer-${number}/${name}`
  const layer = await found.of(at('layer.json'), () => {
    const value = strict(files.get('layer.json'), 'manifest-form')
    const counts = [value.index, value.size, value.v].every(isCount) && value.size >= 1 && value.size <= 10000
    demand(isClosed(value, LAYER) && counts && isDigest(value.root) && Array.isArray(value.path) && Array.isArray(value.files)
      && value.files.every(isObject), 'manifest-form')
    demand(value.v === 1 && value.profile === 'tracer-1' && value.algorithm === 'SHA-256', 'version-unknown')
    return value
  })
  if (!layer || !files.has('renewed.zip')) return
  checkListed(layer.files, files, ['layer.json'], found, at)
  const root = unb64url(layer.root)
  const leaf = leafHash(files.get('renewed.zip'))
  if (!layer.path.every(isDigest) || !includes(leaf, layer.index, layer.size, layer.path.map(unb64url), root)) {
    found.add('proof-invalid', at('renewed.zip'))
    return
  }
  const text = utf8(`tracer-1 renewal\nSHA-256\n${layer.size}\n${b64(root)}\n`)
  const token = files.get('token.tsr')
  if (token && !token.includes(sha256(text))) found.add('time-token', at('token.tsr'))
  const there = LOG_FILES.filter((name) => files.has(name))
  if (!token && there.length === 0) found.add('missing', at('layer.json'))
  if (there.length === 0) return
  for (const name of LOG_FILES) if (!files.has(name)) found.add('missing', at(name))
  if (there.length === LOG_FILES.length) await judgeLogged(files, text, at, found)
}

async function judgeLogged(files, text, at, found) {
  const read = await found.of(at('entry.json'), () => readEntryFile(files.get('entry.json')))
  if (!read) return
  const { authority } = read.entry
  const head = await found.of(at('log.txt'), () => verifyCheckpoint(files.get('log.txt').toString('utf8'), logOf(read.entry)))
  if (!head) return
  await found.of(at('log.json'), () => {
    const { origin, ...proof } = strict(files.get('log.json'), 'proof-form')
    demand(origin === head.origin, 'proof-invalid')
    verifyProof(proof, { kind: 'renewal', id: digestOf(text), sender: authority, recipient: authority }, head)
  })
}
