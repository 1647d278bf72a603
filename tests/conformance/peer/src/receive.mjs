// Receiving a batch, in the order of PROTOCOL.md chapter 12, and the answer to it.
import { demand, readInstant, Refused } from './encoding.mjs'
import { PROFILE, readBatch, writeLines } from './batch.mjs'
import { checkKeyCounts, keysOf } from './entry.mjs'
import { prove, proveConsistency, readProof, verifyProof } from './log.mjs'
import { checkPayload } from './payload.mjs'
import { signRefusal } from './refusal.mjs'
import { messageId, verifyMessage } from './sdjwt.mjs'
import { open, parse, unpack } from './seal.mjs'
import { checkPlace, messageOf, place } from './threads.mjs'
import { judgeCheckpoint, readCheckpoint, remember, remembers } from './watch.mjs'

const AHEAD = 600000
const MAX_FILE = 67108864
const MAX_WAITING = 1000 // [H-4]
const WAITING_DAYS = 30 // [H-4]

/** `own` is {authority, signing, seeds, termsDigest}; `them` {entry, known, digest} of the channel's peer. */
export class Receiver {
  constructor(store, own, them) {
    Object.assign(this, { store, own, them, peer: them.entry.authority, placed: [] })
  }

  /** Judges a batch, commits what is accepted, returns the answer's bytes and what happened. */
  async receive(body) {
    const { header, seals } = readBatch(body)
    const judged = []
    for (const jwe of seals) judged.push(await this.judge(jwe, header))
    if (seals.length === 0 && header.checkpoint !== null) this.compareLogs(header)
    this.settle(judged)
    this.store.commit() // commit, then sign the head, then answer
    return { ...await this.answer(judged, header), judged, placed: this.placed }
  }

  /** [B-3] A batch without messages: both sides compare logs; only a fork is kept. */
  compareLogs({ checkpoint, consistency }) {
    try {
      judgeCheckpoint(this.them.known, readCheckpoint(checkpoint, this.them.entry), consistency)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
  }

  /** to for one seal. */
  async judge(jwe, header) {
    const result = { jwe, id: '', message: null, index: null, refused: null }
    try {
      const parsed = parse(jwe)
      demand(parsed.to === this.own.authority, 'wrong-recipient')
      demand(parsed.from === this.peer, 'wrong-sender')
      result.id = parsed.id // until here the id is nothing to go by [B-5]
      const committed = messageOf(this.store.state, this.peer, parsed.id)
      if (committed) result.index = committed.index
      else if (this.room().some((one) => one.message.id === parsed.id)) result.waits = true
      else Object.assign(result, await this.verify(parsed, header))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      result.refused = error
    }
    return result
  }

  async verify(parsed, header) {
    const { sdJwt, proof, jws } = unpack(await open(parsed, this.own.seeds))
    demand(messageId(jws) === parsed.id, 'id-mismatch') // [S-8]
    const read = await verifyMessage(sdJwt, keysOf(this.them.entry, 'sign'))
    checkPayload(read)
    const { clear, id } = read
    demand(clear.sender === this.peer && clear.recipient === this.own.authority, 'party-mismatch')
    demand((clear.attachments ?? []).every((one) => one.cipher_size <= MAX_FILE), 'too-large')
    const head = this.checkProof(proof, header, id)
    this.checkTimes(read, head)
    demand(clear.type !== 'request' || clear.terms === this.own.termsDigest, 'terms-stale')
    return { message: { id, clear, groups: read.groups, sdJwt, evidence: { proof, note: head.note } }, head }
  }

  /** */
  checkProof(proof, header, id) {
    readProof(proof)
    const head = readCheckpoint(header.checkpoint, this.them.entry)
    verifyProof(proof, { kind: 'sent', id, sender: this.peer, recipient: this.own.authority }, head)
    judgeCheckpoint(this.them.known, head, header.consistency)
    demand(head.at * 1000 <= Date.now() + AHEAD, 'checkpoint-time')
    return head
  }

  /** */
  checkTimes({ kid, clear }, head) {
    const signer = this.them.entry.keys.find((one) => one.kid === kid)
    checkKeyCounts(signer, head.at * 1000, Date.now())
    demand(readInstant(clear.issued) <= Date.now() + AHEAD, 'clock-ahead')
  }

  /** The thread rules, parents before children; then whoever waited for them [H-4]. */
  settle(judged) {
    let left = judged.filter((one) => one.message)
    for (const { head } of left) remember(this.them.known, head)
    for (let before = -1; left.length !== before;) {
      before = left.length
      left = left.filter((one) => !this.tryPlace(one))
      this.releaseWaiting()
    }
    for (const one of left) this.letWait(one)
    for (const one of judged.filter((other) => other.waits)) this.lookAgain(one)
  }

  /** A copy of what waits: taken in by now, or its parents are still missing. */
  lookAgain(one) {
    const committed = messageOf(this.store.state, this.peer, one.id)
    if (committed) { one.index = committed.index; return }
    const waiting = this.room().find(({ message }) => message.id === one.id)
    if (waiting) this.tryPlace(Object.assign(one, { message: waiting.message }))
    else one.refused = new Refused('parents-missing')
  }

  /** True when a message is settled: committed or refused for good; false while parents are missing. */
  tryPlace(one) {
    const { state } = this.store
    const committed = messageOf(state, this.peer, one.id)
    try {
      if (!committed) checkPlace(state, this.peer, one.message)
      one.index = committed ? committed.index : this.accept(one.message)
      one.refused = null
      return true
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      one.refused = error
      return error.code !== 'parents-missing'
    }
  }

  /** [L-2], [L-5] One `received` record for a message. */
  accept(message) {
    const { index, at } = this.store.append('received', message.id, this.peer, this.own.authority)
    place(this.store.state, this.peer, message, { index, at, evidence: message.evidence })
    this.placed.push(message)
    return index
  }

  letWait(one) {
    const room = this.room()
    if (room.some((other) => other.message.id === one.id)) return
    if (room.length >= MAX_WAITING) one.refused = new Refused('quota')
    else room.push({ message: one.message, since: Date.now(), entry: this.them.digest })
  }

  /** The waiting room, without what has waited too long or does not verify under the present entry. */
  room() {
    const { waiting } = this.store.state
    const stays = (one) => one.since > Date.now() - WAITING_DAYS * 86400000 && one.entry === this.them.digest
    return waiting[this.peer] = (waiting[this.peer] ?? []).filter(stays)
  }

  releaseWaiting() {
    const left = this.room().filter(({ message }) => !this.tryPlace({ id: message.id, message }))
    this.store.state.waiting[this.peer] = left
  }

  /** [B-5] to [B-7] */
  async answer(judged, header) {
    const records = this.store.records()
    const checkpoint = this.store.checkpoint()
    const lines = []
    for (const one of judged) {
      if (one.refused) lines.push({ id: one.id, refusal: await this.refuse(one) })
      else lines.push({ id: one.id, receipt: prove(records, one.index) })
    }
    const first = {
      profile: PROFILE,
      checkpoint,
      consistency: proveConsistency(records, header.remembers),
      remembers: remembers(this.them.known, this.them.entry),
    }
    return { body: writeLines([first, ...lines]), size: records.length }
  }

  refuse({ jwe, id, refused }) {
    const { code, hints } = refused
    return signRefusal({ jwe, id, from: this.own.authority, to: this.peer, code, hints }, this.own.signing)
  }
}
