// What is kept between steps (PROTOCOL.md chapter 24, "Before"), committed as a whole [L-16].
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { b64url, demand, instant, readInstant } from './encoding.mjs'
import { logRoot, newRecord, signCheckpoint } from './log.mjs'

const EMPTY = {
  identity: null, // our keys
  entryFile: null, // our entry, as written
  headAt: null, // [L-17]
  records: [], // our log, base64url
  peers: {}, // by authority: entryFile, remembered, told
  messages: {}, // by "peer id": content, record index, receipt
  threads: {}, // by "peer thread"
  waiting: {}, // by authority: [H-4]
  outbox: {}, // by authority: ids not yet delivered
  count: 0, // of references
}

function writeDurably(path, text) {
  const file = openSync(`${path}.new`, 'w', 0o600)
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
  renameSync(`${path}.new`, path)
}

export class Store {
  constructor(folder) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.folder = folder
    this.path = join(folder, 'state.json')
    this.signedPath = join(folder, 'signed.json') // [Z-1] outside the state
    this.state = existsSync(this.path) ? JSON.parse(readFileSync(this.path, 'utf8')) : structuredClone(EMPTY)
    this.compareSigned()
  }

  commit() { writeDurably(this.path, JSON.stringify(this.state)) }

  /** Undoes what was not committed. */
  rollback() {
    this.state = existsSync(this.path) ? JSON.parse(readFileSync(this.path, 'utf8')) : structuredClone(EMPTY)
  }

  records() { return this.state.records.map((text) => Buffer.from(text, 'base64url')) }

  /** [L-1], [L-5], [L-17] Appends a record; the caller commits. Returns its index and time. */
  append(kind, id, from, to) {
    const now = Date.now()
    const before = this.state.headAt === null ? 0 : readInstant(this.state.headAt)
    const at = instant(Math.max(now, before))
    this.state.headAt = at
    this.state.records.push(b64url(newRecord(kind, id, from, to, at)))
    return { index: this.state.records.length - 1, at }
  }

  /** [L-16], [L-17] Signs the committed head. */
  checkpoint() {
    const { log } = this.state.identity
    const records = this.records()
    const at = Math.max(Date.now(), this.state.headAt === null ? 0 : readInstant(this.state.headAt))
    const head = { origin: log.origin, size: records.length, root: logRoot(records), at }
    writeDurably(this.signedPath, JSON.stringify({ origin: head.origin, size: head.size, root: b64url(head.root) }))
    return signCheckpoint(head, {
      ed25519: log.ed25519,
      ed25519Public: Buffer.from(log.ed25519Public, 'base64url'),
      mldsa44: Buffer.from(log.mldsa44, 'base64url'),
      mldsa44Public: Buffer.from(log.mldsa44Public, 'base64url'),
    })
  }

  /** [Z-1], [Z-2] The highest head ever signed must be in the log that was found. */
  compareSigned() {
    if (!existsSync(this.signedPath)) return
    const signed = JSON.parse(readFileSync(this.signedPath, 'utf8'))
    const records = this.records()
    demand(signed.size <= records.length && b64url(logRoot(records.slice(0, signed.size))) === signed.root, 'restore-mode')
  }
}
