// The smallest useful peer (PROTOCOL.md chapter 24): an authority that collects.
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { b64url, demand, digestOf, instant, isClosed, readInstant, utf8 } from './encoding.mjs'
import { PROFILE } from './batch.mjs'
import { common, photoBytes, photoDescription, requestClear, requestGroups } from './content.mjs'
import { Sender } from './deliver.mjs'
import { checkNotShared, checkSuccessor, readEntryFile } from './entry.mjs'
import { newIdentity, writeEntryFile } from './identity.mjs'
import { canonicalBytes } from './json.mjs'
import { readObject } from './jws.mjs'
import { Line } from './line.mjs'
import { newRecord, prove } from './log.mjs'
import { checkPayload } from './payload.mjs'
import { Receiver } from './receive.mjs'
import { messageId, signMessage } from './sdjwt.mjs'
import { sealingKey } from './seal.mjs'
import { newAttachment, openAttachment } from './stream.mjs'
import { followsOf, place } from './threads.mjs'
import { newKnown, remembers } from './watch.mjs'

const MAX_ROUNDS = 50 // of one collection

export class Peer {
  constructor(store, authority) {
    Object.assign(this, { store, authority, own: null, them: null, line: null })
  }

  /** Loads what an earlier run kept. */
  async start() {
    const { entryFile, peers } = this.store.state
    if (entryFile) await this.useOwn()
    for (const known of Object.values(peers)) this.useThem(await readEntryFile(utf8(known.entryFile)))
  }

  async useOwn() {
    const { identity, entryFile } = this.store.state
    const read = await readEntryFile(utf8(entryFile))
    const seed = Buffer.from(identity.sealSeed, 'base64url')
    const { kid } = await sealingKey(seed)
    this.own = { ...read, authority: this.authority, signing: identity.signing, seeds: new Map([[kid, seed]]) }
    this.line = new Line(identity.channel)
  }

  useThem(read) {
    const { store } = this
    this.them = { ...read, get known() { return store.state.peers[read.entry.authority] } }
  }

  ready() {
    demand(this.own, 'no-entry', 'write our entry first')
    demand(this.them, 'no-peer', 'admit a peer first')
  }

  /** Chapter 23, steps 1 to 5. The file is verified as a stranger would before it is given away. */
  async entry(path) {
    const { state } = this.store
    if (!state.entryFile) {
      state.identity = await newIdentity(this.authority)
      state.entryFile = (await writeEntryFile(state.identity)).toString('utf8')
      this.store.commit()
      await this.useOwn()
    }
    writeFileSync(path, state.entryFile)
    return { authority: this.authority, fingerprint: this.own.fingerprint }
  }

  /** Chapter 23, step 6; a later entry of a known authority follows by signature [N-12]. */
  async admit(path) {
    const file = readFileSync(path)
    const read = await readEntryFile(file)
    const { peers } = this.store.state
    const { authority } = read.entry
    demand(authority !== this.authority, 'own-entry')
    checkNotShared(read.entry, this.own ? [this.own.entry] : []) // [N-5]
    if (peers[authority]) {
      const before = await readEntryFile(utf8(peers[authority].entryFile))
      if (before.digest !== read.digest) await checkSuccessor(read, before)
      peers[authority].entryFile = file.toString('utf8')
    } else {
      peers[authority] = newKnown(file.toString('utf8'))
    }
    this.store.commit()
    this.useThem(read)
    return { authority, fingerprint: read.fingerprint }
  }

  /** [P-1] */
  async ping() {
    this.ready()
    const nonce = b64url(randomBytes(16))
    const { body } = await this.line.expect(this.them.entry, 'POST', 'ping', { body: canonicalBytes({ profile: PROFILE, nonce }) })
    const answer = readObject(body)
    demand(isClosed(answer, ['profile', 'authority', 'nonce', 'at']) && answer.profile === PROFILE && answer.nonce === nonce
      && answer.authority === this.them.entry.authority && readInstant(answer.at) !== null, 'batch-form', 'ping')
    return { authority: answer.authority, at: answer.at }
  }

  async request() {
    this.ready()
    return this.send(this.requestClear(), requestGroups())
  }

  requestClear() {
    const { state } = this.store
    return requestClear(this.authority, this.them.entry.authority, this.them.termsDigest, ++state.count)
  }

  /** [H-2] */
  async enquire(thread) {
    this.ready()
    const peer = this.them.entry.authority
    const follows = followsOf(this.store.state, peer, thread)
    return this.send({ ...common('progress-enquiry', this.authority, peer), thread, follows }, {})
  }

  /** Chapter 24, steps 1 to 5: write, log, seal, send, take the receipt. */
  async send(clear, groups) {
    const { id } = await this.write(clear, groups)
    const { [id]: outcome } = await new Sender(this.store, this.line, this.own, this.them).deliver()
    if (outcome.error) return { error: outcome.error, id }
    const { at, index, size, disputed, before } = outcome
    const receipt = { at, index, size, ...(disputed && { disputed }) }
    return { id, thread: clear.thread ?? id, receipt, ...(before && { before }) }
  }

  /** [L-16] In our log, and stored with it, before it is first sent. */
  async write(clear, groups) {
    const peer = this.them.entry.authority
    const signed = await signMessage(clear, groups, this.own.signing)
    checkPayload({ payload: signed.payload, clear, groups })
    const { state } = this.store
    const { index, at } = this.store.append('sent', signed.id, this.authority, peer)
    place(state, peer, { id: signed.id, clear, sdJwt: signed.sdJwt }, { index, at })
    state.outbox[peer] = [...state.outbox[peer] ?? [], signed.id]
    this.store.commit()
    return signed
  }

  /** Begins the next consistency proof at `size` leaves, as if the peer remembered that much of our log [B-1]. */
  forget(size) {
    this.ready()
    this.them.known.told = Number(size)
    this.store.commit()
    return { told: this.them.known.told }
  }

  /** Chapter 15: a request that announces a file, then the file's bytes. */
  async photo() {
    this.ready()
    const { announced, group, ciphertext } = newAttachment(1, photoBytes(), photoDescription())
    const clear = { ...this.requestClear(), attachments: [announced] }
    const sent = await this.send(clear, { ...requestGroups(), 'attachment_key.1': group })
    if (sent.error) return sent
    return { ...sent, attachment: await this.upload(announced.cipher_digest, ciphertext) }
  }

  /** In two parts, each continuing where the other side says it stands. */
  async upload(digest, ciphertext) {
    const path = `attachments/${digest}`
    let held = await this.held('HEAD', path)
    for (const end of [Math.floor(ciphertext.length / 2), ciphertext.length]) {
      const part = ciphertext.subarray(held.offset, end)
      held = await this.held('PATCH', path, {
        body: part, headers: { 'Upload-Offset': String(held.offset), 'Content-Type': 'application/octet-stream' },
      })
    }
    return { digest, size: ciphertext.length, ...await this.held('HEAD', path) }
  }

  async held(method, path, options) {
    const { headers } = await this.line.expect(this.them.entry, method, path, options)
    return { offset: Number(headers['upload-offset']), complete: headers['upload-complete'] === '?1' }
  }

  /** [C-1], [C-2], [C-4] */
  async collect() {
    this.ready()
    const messages = []
    const refused = []
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { judged, placed } = await this.collectOnce()
      if (judged.length === 0) break
      for (const message of placed) messages.push(await this.taken(message))
      refused.push(...judged.filter((one) => one.refused).map((one) => ({ id: one.id, code: one.refused.code })))
    }
    return { messages, ...(refused.length > 0 ? { refused } : {}) }
  }

  async collectOnce() {
    const { entry } = this.them
    const body = canonicalBytes({ profile: PROFILE, remembers: remembers(this.them.known, entry) })
    const batch = await this.line.expect(entry, 'POST', 'collect', { body })
    if (batch.body.length === 0) return { judged: [], placed: [] }
    const { judged, placed, body: answer, size } = await new Receiver(this.store, this.own, this.them).receive(batch.body)
    await this.line.expect(entry, 'POST', 'receipts', { body: answer })
    this.them.known.told = size // [C-2]
    this.store.commit()
    return { judged, placed }
  }

  async taken({ id, clear, groups }) {
    const files = []
    for (const one of clear.attachments ?? []) files.push(await this.download(one, groups[`attachment_key.${one.n}`]))
    return { id, type: clear.type, thread: clear.thread ?? id, ...(files.length > 0 ? { files } : {}) }
  }

  /** */
  async download(announced, key) {
    const path = `attachments/${announced.cipher_digest}`
    const get = (offset) => this.line.expect(this.them.entry, 'GET', path, { headers: { 'Upload-Offset': String(offset) } })
    const { body } = await get(0)
    demand(body.length === announced.cipher_size && digestOf(body) === announced.cipher_digest, 'attachment-digest')
    await get(body.length) // tells the server that we hold it whole
    const folder = join(this.store.folder, 'files')
    mkdirSync(folder, { recursive: true })
    if (key) writeFileSync(join(folder, announced.digest), openAttachment(body, announced, key))
    return { digest: announced.digest, size: announced.size }
  }

  /** A broken signature, a proof that is not in the log, a seal for a third; the other side's signed refusals. */
  async hostile() {
    this.ready()
    const sender = new Sender(this.store, this.line, this.own, this.them)
    const items = [await this.brokenSignature(), await this.proofOfNothing(), await this.sealForAnother()]
    const answers = await sender.exchange(items)
    this.store.commit()
    return { refusals: answers.map(({ refusal, fault }) => (
      refusal ? { code: refusal.code, retryable: refusal.retryable } : { error: fault?.message ?? 'taken' })) }
  }

  async signedRequest() {
    return signMessage(this.requestClear(), requestGroups(), this.own.signing)
  }

  async brokenSignature() {
    const { jws, sdJwt } = await this.signedRequest()
    const [header, payload, signature] = jws.split('.')
    const bytes = Buffer.from(signature, 'base64url')
    bytes[0] ^= 1
    const broken = [header, payload, b64url(bytes)].join('.')
    const id = messageId(broken)
    const { index } = this.store.append('sent', id, this.authority, this.them.entry.authority)
    this.store.commit()
    return { id, sdJwt: sdJwt.replace(jws, broken), proof: prove(this.store.records(), index), since: Date.now() }
  }

  async sealForAnother() {
    return { ...await this.proofOfNothing(), to: 'XX-NPOC' }
  }

  async proofOfNothing() {
    const { id, sdJwt } = await this.signedRequest()
    const records = this.store.records()
    const record = newRecord('sent', id, this.authority, this.them.entry.authority, instant())
    return { id, sdJwt, proof: { ...prove(records, records.length - 1), record: b64url(record) }, since: Date.now() }
  }
}
