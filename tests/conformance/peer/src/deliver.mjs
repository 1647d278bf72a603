// Sending: a batch to a peer and its answer, PROTOCOL.md chapter 11.
import { demand, readInstant, Refused } from './encoding.mjs'
import { PROFILE, readAnswer, writeLines } from './batch.mjs'
import { currentSealingKey, keysOf } from './entry.mjs'
import { prove, proveConsistency, verifyProof } from './log.mjs'
import { readRefusal } from './refusal.mjs'
import { pack, seal } from './seal.mjs'
import { messageOf, takeBack } from './threads.mjs'
import { judgeCheckpoint, learnTold, readCheckpoint, remember, remembers } from './watch.mjs'

const WINDOW = 600000 // [L-23]
const ENDS = new Set(['terms-stale']) // [B-9]: retryable, but the same bytes will not be taken

export class Sender {
  constructor(store, line, own, them) {
    Object.assign(this, { store, line, own, them, peer: them.entry.authority })
  }

  /** Delivers what waits for the peer; returns the outcome of each message by id. */
  async deliver() {
    const outcomes = {}
    for (let round = 0; round < 2; round++) { // a second time with the consistency proof that was asked for [B-8]
      const ids = [...this.outbox()]
      if (ids.length === 0) break
      const items = ids.map((id) => this.itemOf(id))
      const answers = await this.exchange(items)
      items.forEach((item, i) => {
        const before = outcomes[item.id]?.error
        outcomes[item.id] = { ...this.settle(item, answers[i]), ...(before && { before }) }
      })
      this.store.commit()
      if (!answers.some((one) => one.refusal?.code === 'log-proof-needed')) break
    }
    return outcomes
  }

  outbox() { return this.store.state.outbox[this.peer] ?? [] }

  itemOf(id) {
    const { sdJwt, index, at } = messageOf(this.store.state, this.peer, id)
    return { id, sdJwt, proof: prove(this.store.records(), index), since: readInstant(at) }
  }

  /** Seals and posts items {id, sdJwt, proof, since, to}; returns for each a receipt, a refusal or neither. */
  async exchange(items) {
    const records = this.store.records()
    const { entry, known } = this.them
    const first = { // [B-1]
      profile: PROFILE,
      checkpoint: this.store.checkpoint(),
      consistency: proveConsistency(records, known.told),
      remembers: remembers(known, entry),
    }
    const seals = []
    for (const item of items) seals.push(await this.seal(item))
    const body = writeLines([first, ...seals.map((jwe) => ({ jwe }))])
    const answer = await this.line.expect(entry, 'POST', 'messages', { body })
    return this.read(answer.body, items, seals, records.length)
  }

  seal({ id, sdJwt, proof, to = this.peer }) {
    const key = currentSealingKey(this.them.entry, new Date().toISOString()) // [S-6]
    return seal(pack(sdJwt, proof), { from: this.own.authority, to, id }, key)
  }

  /** [B-8] The header first; only under one that holds does a receipt count. */
  async read(body, items, seals, ownSize) {
    const { header, lines } = readAnswer(body, items.length)
    const shown = this.judgeHeader(header)
    learnTold(this.them.known, header.remembers, ownSize) // [B-7]
    const out = []
    for (const [i, line] of lines.entries()) out.push(await this.readLine(line, items[i], seals[i], shown))
    return out
  }

  judgeHeader({ checkpoint, consistency }) {
    const { entry, known } = this.them
    try {
      const head = readCheckpoint(checkpoint, entry)
      judgeCheckpoint(known, head, consistency)
      remember(known, head)
      return { head }
    } catch (error) {
      if (error instanceof Refused) return { fault: error }
      throw error
    }
  }

  /** [B-9] A receipt or a refusal that verifies; anything else is as if the peer had not spoken. */
  async readLine(line, item, jwe, shown) {
    try {
      if (line.receipt !== undefined) return { receipt: this.readReceipt(line, item, shown) }
      const keys = keysOf(this.them.entry, 'sign')
      return { refusal: await readRefusal(line.refusal, { keys, from: this.peer, to: this.own.authority, id: item.id, jwe }) }
    } catch (error) {
      if (error instanceof Refused) return { fault: error }
      throw error
    }
  }

  /** [L-22], [L-23] */
  readReceipt(line, { id, since }, { head, fault }) {
    if (fault) throw fault
    demand(line.id === id, 'proof-invalid', 'line of another message')
    const record = verifyProof(line.receipt, { kind: 'received', id, sender: this.own.authority, recipient: this.peer }, head)
    const at = readInstant(record.at)
    const disputed = at < since - WINDOW || at > Date.now() + WINDOW
    return { at: record.at, index: record.index, size: record.size, disputed, proof: line.receipt, note: head.note }
  }

  settle({ id }, { receipt, refusal, fault }) {
    if (receipt) {
      messageOf(this.store.state, this.peer, id).receipt = receipt // [L-22]
      this.drop(id)
      return receipt
    }
    if (refusal && (!refusal.retryable || ENDS.has(refusal.code))) this.end(id)
    return { error: refusal?.code ?? fault.message }
  }

  drop(id) { this.store.state.outbox[this.peer] = this.outbox().filter((one) => one !== id) }

  /** [B-9], [H-6] A message that ends undelivered, and what follows it in its thread, newest first. */
  end(id) {
    const message = messageOf(this.store.state, this.peer, id)
    if (!message) return
    const later = this.outbox().filter((one) => one !== id && messageOf(this.store.state, this.peer, one).before === id)
    for (const one of later) this.end(one)
    this.drop(id)
    takeBack(this.store.state, this.peer, id)
  }
}
