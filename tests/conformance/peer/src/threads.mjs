// Threads: PROTOCOL.md chapter 13. Messages and threads are looked up together with the peer [M-14].
import { demand } from './encoding.mjs'
import { mayBeSentBy, opens } from './payload.mjs'

const MAX_MESSAGES = 1000 // [H-3]

const at = (peer, id) => `${peer} ${id}`
export const messageOf = (state, peer, id) => state.messages[at(peer, id)]
const threadOf = (state, peer, id) => state.threads[at(peer, id)]

/** [H-3] Whether a message may stand in its thread; refuses it, or names missing parents. */
export function checkPlace(state, peer, { id, clear }) {
  if (opens(clear.type)) return
  const { follows, thread: threadId, sender, type } = clear
  const parents = follows.map((parent) => messageOf(state, peer, parent))
  demand(parents.every((one) => !one || one.thread === threadId), 'follows-invalid') // step 2
  const missing = follows.filter((_, i) => !parents[i])
  demand(missing.length === 0, 'parents-missing', '', missing)
  const thread = threadOf(state, peer, threadId)
  demand(mayBeSentBy(type, sender === thread.opener ? 'opener' : 'other'), 'type-role')
  demand(thread.size < MAX_MESSAGES, 'thread-full')
  demand(new Set(parents.map((one) => one.sender)).size === parents.length, 'follows-invalid') // step 5
  const newest = thread.newest[sender]
  demand(!newest || follows.includes(newest), 'thread-forked', id) // [H-5]
}

/** Puts a message into its thread; `more` is what is kept beside it. */
export function place(state, peer, { id, clear, sdJwt }, more) {
  const threadId = clear.thread ?? id
  const thread = state.threads[at(peer, threadId)] ??= { opener: clear.sender, size: 0, newest: {} }
  const before = thread.newest[clear.sender] ?? null
  thread.newest[clear.sender] = id
  thread.size += 1
  state.messages[at(peer, id)] = { id, thread: threadId, type: clear.type, sender: clear.sender, before, sdJwt, ...more }
}

/** [H-6] Takes back a message of ours that ended undelivered: the thread goes on from the one before. */
export function takeBack(state, peer, id) {
  const message = messageOf(state, peer, id)
  const thread = threadOf(state, peer, message.thread)
  thread.size -= 1
  if (message.before) thread.newest[message.sender] = message.before
  else delete thread.newest[message.sender]
  delete state.messages[at(peer, id)]
  if (thread.size === 0) delete state.threads[at(peer, message.thread)]
}

/** [H-2] What a new message of `author` in a thread follows. */
export function followsOf(state, peer, threadId) {
  const thread = threadOf(state, peer, threadId)
  demand(thread, 'thread-unknown')
  return Object.values(thread.newest).sort()
}
