// What our receiver makes of batches of an invented peer: node check.mjs; no line, no other program.
import './src/webcrypto.mjs'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAnswer, PROFILE, writeLines } from './src/batch.mjs'
import { common, requestClear } from './src/content.mjs'
import { b64url, instant, utf8 } from './src/encoding.mjs'
import { currentSealingKey, keysOf, readEntryFile } from './src/entry.mjs'
import { newIdentity, writeEntryFile } from './src/identity.mjs'
import { prove, proveConsistency, verifyProof } from './src/log.mjs'
import { Receiver } from './src/receive.mjs'
import { readRefusal } from './src/refusal.mjs'
import { messageId, signMessage } from './src/sdjwt.mjs'
import { pack, seal, sealingKey } from './src/seal.mjs'
import { Store } from './src/store.mjs'
import { newKnown, readCheckpoint } from './src/watch.mjs'

const newStore = () => new Store(mkdtempSync(join(tmpdir(), 'check-')))

async function newAuthority(authority) {
  const store = newStore()
  store.state.identity = await newIdentity(authority)
  const file = await writeEntryFile(store.state.identity)
  const seed = Buffer.from(store.state.identity.sealSeed, 'base64url')
  const { kid } = await sealingKey(seed)
  const read = await readEntryFile(file)
  return { ...read, authority, store, file, signing: store.state.identity.signing, seeds: new Map([[kid, seed]]) }
}

const us = await newAuthority('XZ-NPOC')
const other = await newAuthority('XY-NPOC')
us.store.state.peers['XY-NPOC'] = newKnown(other.file.toString())
const them = { ...other, known: us.store.state.peers['XY-NPOC'] }

/** A message of the invented peer, in its log unless `logged` is false; `change` spoils what is sealed. */
async function message(clear, { groups = {}, logged = true, change = (one) => one } = {}) {
  const signed = change(await signMessage(clear, groups, other.signing))
  const id = messageId(signed.sdJwt.split('~')[0])
  if (logged) other.store.append('sent', id, 'XY-NPOC', 'XZ-NPOC')
  return { id, sdJwt: signed.sdJwt, index: other.store.state.records.length - 1 }
}

async function batch(messages, header = {}, spoil = (one) => one) {
  const records = other.store.records()
  const key = currentSealingKey(us.entry, instant())
  const seals = []
  for (const one of messages) {
    const parties = { from: 'XY-NPOC', to: 'XZ-NPOC', id: one.id, ...one.header }
    seals.push({ jwe: spoil(await seal(pack(one.sdJwt, one.proof ?? prove(records, one.index)), parties, one.key ?? key)) })
  }
  const first = {
    profile: PROFILE, checkpoint: other.store.checkpoint(), remembers: 0,
    consistency: proveConsistency(records, them.known.remembered['XY-NPOC/log/1']?.size ?? 0), ...header,
  }
  return { seals, body: writeLines([first, ...seals]) }
}

/** The codes, or `receipt`, of the answer, each verified as the peer would. */
async function answerTo(messages, header, spoil) {
  const { seals, body } = await batch(messages, header, spoil)
  const answer = await new Receiver(us.store, us, them).receive(body)
  const { header: theirs, lines } = readAnswer(answer.body, messages.length)
  const head = readCheckpoint(theirs.checkpoint, us.entry)
  const out = []
  for (const [i, line] of lines.entries()) {
    const id = messages[i].header?.id ?? messages[i].id
    if (line.receipt) verifyProof(line.receipt, { kind: 'received', id, sender: 'XY-NPOC', recipient: 'XZ-NPOC' }, head)
    out.push(line.receipt ? `receipt ${line.receipt.index}`
      : (await readRefusal(line.refusal, { keys: keysOf(us.entry, 'sign'), from: 'XZ-NPOC', to: 'XY-NPOC', id, jwe: seals[i].jwe })).code)
  }
  return out
}

let failed = 0
function expect(name, got, wanted) {
  const good = JSON.stringify(got) === JSON.stringify(wanted)
  if (!good) failed++
  process.stdout.write(`${JSON.stringify({ check: name, good, ...(good ? {} : { got, wanted }) })}\n`)
}

const request = () => requestClear('XY-NPOC', 'XZ-NPOC', us.termsDigest, 1)
const inThread = (type, thread, follows) => ({ ...common(type, 'XY-NPOC', 'XZ-NPOC'), thread, follows: [...follows].sort() })

const opening = await message(request())
expect('an opening message', await answerTo([opening]), ['receipt 0'])
expect('the same again, its seal broken', await answerTo([opening], {}, (jwe) => `${jwe.slice(0, -22)}${'A'.repeat(22)}`), ['receipt 0'])

const second = await message(inThread('progress-enquiry', opening.id, [opening.id]))
const third = await message(inThread('progress-enquiry', opening.id, [second.id]))
const fourth = await message(inThread('progress-enquiry', opening.id, [third.id]))
expect('children first in a batch', await answerTo([third, second]), ['receipt 2', 'receipt 1'])
const fifth = await message(inThread('progress-enquiry', opening.id, [fourth.id]))
expect('a child alone waits', await answerTo([fifth]), ['parents-missing'])
expect('a second copy changes nothing', await answerTo([fifth]), ['parents-missing'])
expect('the parent comes', await answerTo([fourth]), ['receipt 3'])
expect('the child was committed with it', await answerTo([fifth]), ['receipt 4'])
const forked = await message(inThread('progress-enquiry', opening.id, [third.id]))
expect('a second history', await answerTo([forked]), ['thread-forked'])
const role = await message({ ...inThread('acknowledgement', opening.id, [fifth.id]), received: instant() })
expect('a type of the other role', await answerTo([role]), ['type-role'])

const stale = await message({ ...request(), terms: opening.id })
const unknown = await message({ ...request(), type: 'riddle' })
const later = await message({ ...request(), v: 2 })
const extra = await message({ ...request(), colour: 'red' })
const early = await message({ ...request(), issued: instant(Date.now() + 3600000) })
const noDay = await message({ ...request(), standing_until: '2026-02-30' })
const control = await message({ ...request(), requester: { unit: 'a\u202eb' } })
const party = await message({ ...request(), sender: 'XX-NPOC' })
const group = await message(request(), { groups: { chain_parties: [] } })
expect('payloads', await answerTo([stale, unknown, later, extra, early, noDay, control, party, group]), [
  'terms-stale', 'type-unknown', 'version-unknown', 'payload-schema', 'clock-ahead', 'payload-schema', 'json-strict',
  'party-mismatch', 'payload-schema'])

const bare = await message(request(), { groups: { officer: {} }, change: (one) => ({ sdJwt: `${one.jws}~` }) })
const claimed = { ...await message(request()), header: { id: opening.id.replace(/^./, (first) => (first === 'x' ? 'y' : 'x')) } }
const elsewhere = { ...await message(request()), header: { to: 'XX-NPOC' } }
const stranger = { ...await message(request()), header: { from: 'XX-NPOC' } }
const wrongKey = { ...await message(request()), key: currentSealingKey(other.entry, instant()) }
const proofless = { ...await message(request()), proof: {} }
const unlogged = await message(request(), { logged: false })
expect('seals and proofs', await answerTo([bare, claimed, elsewhere, stranger, wrongKey, proofless, unlogged]), [
  'disclosure-mismatch', 'id-mismatch', 'wrong-recipient', 'wrong-sender', 'seal-key', 'proof-form', 'proof-invalid'])

const fresh = await message(request())
expect('no consistency', await answerTo([fresh], { consistency: null }), ['log-proof-needed'])
other.store.state.records[0] = b64url(utf8('another past'))
expect('a fork', await answerTo([fresh]), ['log-fork'])
process.exitCode = failed > 0 ? 1 : 0
