import { randomUUID } from 'node:crypto'
import { type Actor, type BallotSeat, isCountersign, modeOf, openSeats, type Reason, reason, rulesOf } from '../../define/index.js'
import type { Ask, CaseRecord, CommandTransaction, EntryFacts, Handling, HeldAct, Party, Receipt } from '../case-store.js'
import type { HandleCommand } from '../commands.js'
import { entryWith, under } from '../entry.js'
import { contextOf, openVoices } from '../judgement.js'
import { type Processes, pinned } from '../processes.js'
import { Refused, refuse } from '../refused.js'
import { presentOf, take, tell, withOwner } from '../take.js'
import { authorityOf, offerTo, shutOutBy, taskOfVoice } from '../tasks.js'
import { sees } from '../visibility.js'
import { againstOperation } from './operations.js'
import { againstReceiver, asksOf, isSame, no, notYours, type Scene } from './scene.js'

/**
 * Work on a task that does not decide it: who holds it, who is asked first, who signs besides.
 * It stands in the work history of the case; the case itself moves only when a voice that was taken away, or a last signer, decides it.
 * Throws {@link Refused}: `NOT_FOUND`, and what {@link againstOperation} and the receiver give.
 */
export async function handle(processes: Processes, tx: CommandTransaction, command: HandleCommand): Promise<Receipt> {
  const scene = await sceneOf(processes, tx, command)
  try {
    const reasons = againstOperation(command.operation, scene)
    if (reasons.length > 0) throw new Refused(reasons, { details: { ...presentOf(scene.record), ...holderOf(scene, reasons) } })
    await new Work(processes, tx, scene, command).run()
    return { caseId: scene.record.id, sequence: scene.record.version }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const attempt = { caseId: scene.record.id, entry: { ...entryOf(scene, command), to: null, result: 'REFUSED' as const, reasons: error.reasons } }
    const { reasons, fields, details } = error
    throw (await sees(scene.loaded, scene.record, scene.actor, tx)) ? new Refused(reasons, { fields, details, attempt }) : refuse('NOT_FOUND', { attempt })
  }
}

async function sceneOf(processes: Processes, tx: CommandTransaction, command: HandleCommand): Promise<Scene> {
  const caseId = await tx.caseOfTask(command.taskId)
  const record = caseId ? await tx.lockCase(caseId) : null
  const task = record && (await tx.task(command.taskId))
  if (!record || !task) throw refuse('NOT_FOUND')
  const loaded = pinned(processes, record)
  const actor = await tx.actor(command.actorId, record.process)
  if (!actor) throw refuse('UNAUTHENTICATED')
  const around = await tx.surroundings(record, { openCases: [] })
  return { loaded, record, task, asks: around.asks, context: contextOf(loaded, record, around, await tx.now()), actor }
}

/** What moves the case without an act of its own was caused by what was done with its task. */
const presentAs = ({ id, version }: CaseRecord) => ({ caseId: id, sequence: version })

/** Who was quicker, for whoever lost. */
function holderOf({ context, task }: Scene, reasons: readonly Reason[]): Record<string, string> {
  const claim = context.claims?.find(({ state, seat }) => state === task.state && seat === task.seat)
  return claim && reasons.some(({ code }) => code === 'CLAIM_CONFLICT') ? { assigneeId: claim.claimedById, claimedAt: claim.at } : {}
}

const entryOf = (
  { loaded, record, task }: Scene,
  { operation, actorId, requestId, idempotencyKey, employeeIds, position, approves, text }: HandleCommand,
): EntryFacts =>
  entryWith({
    ...under(loaded),
    action: operation,
    seat: task.seat,
    from: task.state,
    to: task.state,
    round: record.round,
    actor: { id: actorId, kind: 'employee' },
    details: {
      task: task.id,
      ...(employeeIds && employeeIds.length > 0 && { employees: employeeIds.join(' ') }),
      ...(position && { position }),
      ...(approves !== undefined && { approves: String(approves) }),
    },
    aside: text ? { text } : {},
    requestId,
    idempotencyKey,
  })

/** One operation, once it is judged to be allowed. */
class Work {
  readonly #self: Party
  constructor(
    readonly processes: Processes,
    readonly tx: CommandTransaction,
    readonly scene: Scene,
    readonly command: HandleCommand,
  ) {
    this.#self = { employeeId: scene.actor.employeeId, personId: scene.actor.personId }
  }

  async run(): Promise<void> {
    const { operation } = this.command
    if (operation === 'CLAIM' || operation === 'RELEASE') return this.#hold(operation === 'CLAIM')
    const run = {
      REASSIGN: () => this.#reassign(),
      TRANSFER: () => this.#transfer(),
      DELEGATE: () => this.#askOne('OPINION'),
      ADD_SIGNER: () => this.#addSigners(),
      REMOVE_SIGNER: () => this.#removeSigner(),
      ASK: () => this.#askOne('ANSWER'),
      RECALL: () => this.#recall(),
      RESPOND: () => this.#respond(),
      REMIND: () => this.#remind(),
    }[operation]
    await run()
  }
  #record(): Promise<void> {
    return this.tx.recordWork(this.scene.record.id, entryOf(this.scene, this.command))
  }
  #refuse(reasons: readonly Reason[]): void {
    if (reasons.length > 0) throw new Refused(reasons, { details: presentOf(this.scene.record) })
  }
  #text(): string {
    const text = this.command.text?.trim() ?? ''
    if (text === '' || text.length > 2000)
      throw refuse('INPUT_INVALID', {
        fields: [{ path: 'text', code: text === '' ? 'REQUIRED' : 'TOO_LONG', message: ['须填写，至多 2000 字', 'required, at most 2000 characters'] }],
      })
    return text
  }
  /** The people whom the command names, as they are now. Throws `NOT_FOUND` for whoever is not there or not active. */
  async #people(most: number, unlessNamed: readonly string[] = []): Promise<Actor[]> {
    const named = this.command.employeeIds ?? []
    const ids = [...new Set(named.length > 0 ? named : unlessNamed)]
    if (ids.length === 0 || ids.length > most)
      throw refuse('INPUT_INVALID', { fields: [{ path: 'employeeIds', code: 'VALUE_INVALID', message: [`须为 1–${most} 人`, `1 to ${most} people`] }] })
    const people: Actor[] = []
    for (const id of ids) {
      const person = await this.tx.actor(id, this.scene.record.process)
      if (person?.kind !== 'employee') throw refuse('NOT_FOUND')
      people.push(person)
    }
    return people
  }

  /** Takes a task out of its pool, or gives it back. Repeating it changes nothing. */
  async #hold(claim: boolean): Promise<void> {
    const { task, actor } = this.scene
    if ((task.holderId === actor.employeeId) === claim) return
    await this.tx.setHolder(task.id, claim ? actor.employeeId : null)
    await this.#record()
  }
  async #reassign(): Promise<void> {
    const [receiver] = await this.#people(1)
    this.#text()
    this.#refuse(againstReceiver(this.scene, receiver!))
    await this.#give(receiver!)
    await this.#record()
  }
  /** 转办: the giver loses the task, and does not get it back. */
  async #transfer(): Promise<void> {
    const [receiver] = await this.#people(1)
    this.#text()
    if (receiver!.personId === this.scene.actor.personId) this.#refuse([no(['不得转给本人', 'not to oneself'])])
    this.#refuse(againstReceiver(this.scene, receiver!))
    const { record, task, actor } = this.scene
    const place = task.seat ?? ''
    const givers = { ...record.handling.givers, [place]: [...(record.handling.givers?.[place] ?? []), actor.personId] }
    await this.#give(receiver!, { ...record.handling, givers })
    await this.#record()
  }
  /** The task is the receiver's alone; a drawn voice becomes the receiver's. */
  async #give(receiver: Actor, handling: Handling = this.scene.record.handling): Promise<void> {
    const { record, task } = this.scene
    const voice = handling.ballot?.seats.find(({ key, kind }) => key === task.seat && kind === 'person')
    const moved: Handling = voice
      ? {
          ...handling,
          ballot: {
            ...handling.ballot!,
            seats: handling.ballot!.seats.map((seat) => (seat === voice ? { ...seat, id: receiver.personId, employeeId: receiver.employeeId } : seat)),
          },
        }
      : handling
    if (moved !== record.handling) await this.tx.setHandling(record.id, moved)
    if (!voice) return this.tx.setHolder(task.id, receiver.employeeId)
    await this.tx.closeTask(task.id, null, record.version)
    await this.tx.openTask(record, {
      state: task.state,
      seat: task.seat,
      dueOn: null,
      offers: [offerTo(receiver.personId)],
      suspended: this.scene.context.work?.isSuspended(task.seat) ?? false,
    })
  }

  /** 委派 and 补充材料: the task waits until one person has answered. */
  async #askOne(kind: 'OPINION' | 'ANSWER'): Promise<void> {
    const { record, actor } = this.scene
    const [asked] = await this.#people(1, kind === 'ANSWER' ? [record.applicantId] : [])
    if (asked!.personId === actor.personId) this.#refuse([no(['不得征询本人', 'not of oneself'])])
    if (kind === 'OPINION' && asked!.personId === record.applicantPersonId) this.#refuse([reason('SOD_CONFLICT', ['不得为申请人', 'not the applicant'])])
    await this.#suspend(true)
    await this.#openAsk(kind, asked!, 'OPEN')
    await this.#record()
  }
  async #openAsk(kind: Ask['kind'], { employeeId, personId }: Actor, status: Ask['status']): Promise<void> {
    const { record, task } = this.scene
    const id = randomUUID()
    await this.tx.ask(record, [{ id, kind, seat: task.seat, by: this.#self, to: { employeeId, personId }, question: this.#text(), status }])
    if (status !== 'OPEN') return
    const taskKind = kind === 'OPINION' ? 'ADVISE' : kind === 'ANSWER' ? 'ANSWER' : 'SIGN'
    await this.tx.openTask(record, { state: record.state, seat: task.seat, dueOn: null, offers: [offerTo(personId)], kind: taskKind, askId: id })
  }
  /** The task that decides at this place, whichever of its tasks the command is about. */
  async #suspend(suspended: boolean): Promise<void> {
    const { record, task } = this.scene
    const open = await this.tx.openTasks(record.id)
    const deciding = open.find(({ kind, seat }) => kind === 'DECIDE' && seat === task.seat)
    if (deciding) await this.tx.suspend(deciding.id, suspended)
  }

  /** 加签: before the decision, after it, or as a voice beside the others. */
  async #addSigners(): Promise<void> {
    const { position = 'BEFORE' } = this.command
    const signers = await this.#people(20)
    if (new Set(signers.map(({ personId }) => personId)).size < signers.length) this.#refuse([no(['已在签署人之列', 'is among the signers already'])])
    for (const signer of signers) this.#refuse(this.#againstSigner(signer))
    if (new Set(signers.map(({ personId }) => personId)).size < signers.length) this.#refuse([no(['同一人不得重复加签', 'nobody signs twice'])])
    if (position === 'PARALLEL') await this.#addVoices(signers)
    else {
      if (position === 'BEFORE') await this.#suspend(true)
      for (const signer of signers)
        await this.#openAsk(position === 'BEFORE' ? 'SIGN_BEFORE' : 'SIGN_AFTER', signer, position === 'BEFORE' ? 'OPEN' : 'WAITING')
    }
    await this.#record()
  }
  /** Nobody signs twice, nor where separation of duties shuts them out. */
  #againstSigner(signer: Actor): Reason[] {
    const { loaded, record, task, context } = this.scene
    const authority = authorityOf(loaded.definition.states[task.state]!, task.seat)
    const excluded = authority ? rulesOf(authority).flatMap((rule) => shutOutBy(rule, context.parties).personIds) : []
    const present = [
      // The key is the person who had the voice first: no voice goes back to who gave one away.
      ...(record.handling.ballot?.seats.flatMap(({ key, id }) => [key, id]) ?? []),
      ...context.parties.voted,
      ...asksOf(this.scene).flatMap(({ kind, to, status }) => (kind.startsWith('SIGN') && status !== 'WITHDRAWN' ? [to.personId] : [])),
      this.scene.actor.personId,
    ]
    return [
      ...(signer.personId === record.applicantPersonId || excluded.includes(signer.personId)
        ? [reason('SOD_CONFLICT', ['与该任务职责分离', 'shut out of this task'])]
        : []),
      ...(signer.roles.includes('AUDITOR') ? [notYours(['审计员只读', 'an auditor only reads'])] : []),
      ...(present.includes(signer.personId) ? [no(['已在签署人之列', 'is among the signers already'])] : []),
    ]
  }
  async #addVoices(signers: readonly Actor[]): Promise<void> {
    const { loaded, record, context } = this.scene
    const { ballot } = record.handling
    const step = loaded.definition.states[record.state]!
    if (!ballot || !isCountersign(step) || !step.voters) return this.#refuse([no(['并行加签仅限会签', 'beside others only in a countersign of drawn voices'])])
    const added = signers.map(
      ({ personId, employeeId }): BallotSeat => ({ key: personId, kind: 'person', id: personId, employeeId, addedBy: this.#self.personId }),
    )
    const grown = { ...ballot, seats: [...ballot.seats, ...added] }
    await this.tx.setHandling(record.id, { ...record.handling, ballot: grown })
    const open = new Set(openSeats(grown, modeOf(step), record.decisions).map(({ key }) => key))
    for (const voice of added.filter(({ key }) => open.has(key))) await this.tx.openTask(record, taskOfVoice(loaded.definition, record.state, voice, context))
  }
  /** 减签: only who was added and has not signed. Nothing passes because nobody is left: the task returns to whoever added them. */
  async #removeSigner(): Promise<void> {
    const [signer] = await this.#people(1)
    const { record } = this.scene
    const ask = asksOf(this.scene).find(({ kind, status, to }) => kind.startsWith('SIGN') && (status === 'OPEN' || status === 'WAITING') && isSame(to, signer!))
    const voice = this.scene.context.parties.voices.find(({ id, addedBy }) => addedBy !== undefined && id === signer!.personId)
    if (!ask && !voice) this.#refuse([no(['不是可减的加签人', 'is no signer who can be removed'])])
    const isOwner = this.scene.actor.roles.includes(this.scene.loaded.definition.owner)
    const adder = ask ? ask.by.personId : voice!.addedBy
    if (!isOwner && adder !== this.#self.personId)
      this.#refuse([notYours(['仅限加签人或流程负责人', 'only whoever added the signer, or the owner of the process'])])
    await this.#record()
    if (voice) return this.#dropVoice(voice)
    await this.#settle(ask!, 'WITHDRAWN', null)
    const left = asksOf(this.scene).filter(({ id, kind, status }) => id !== ask!.id && kind === ask!.kind && (status === 'OPEN' || status === 'WAITING'))
    if (left.length > 0) return
    if (ask!.kind === 'SIGN_AFTER' && this.#othersSigned() && record.handling.held && !this.#isAnother(record.handling.held)) return this.#release()
    if (ask!.kind === 'SIGN_AFTER' && record.handling.held) await this.tx.setHandling(record.id, { ...record.handling, held: null })
    await this.#suspend(false)
  }
  async #dropVoice(voice: BallotSeat): Promise<void> {
    const { record, loaded, context } = this.scene
    const ballot = { ...record.handling.ballot!, seats: record.handling.ballot!.seats.filter(({ key }) => key !== voice.key) }
    const fewer = { ...record, handling: { ...record.handling, ballot } }
    await this.tx.setHandling(record.id, fewer.handling)
    for (const ask of this.scene.asks.filter(({ seat, status }) => seat === voice.key && (status === 'OPEN' || status === 'WAITING')))
      await this.#settle(ask, 'WITHDRAWN', null)
    await this.#closeTasks(({ seat }) => seat === voice.key, null)
    const counted = await tell(this.processes, this.tx, fewer, 'COUNT', { at: await this.tx.now(), command: this.command, causedBy: presentAs(record) })
    if (counted.version !== record.version) return
    // Undecided: whoever is next in order, or the owner, has the word now.
    const left = { ...fewer, handling: withOwner(loaded, fewer) }
    await this.tx.setHandling(record.id, left.handling)
    const waited = new Set(context.parties.voices.map(({ key }) => key))
    for (const next of openVoices(loaded, left).filter(({ key }) => !waited.has(key)))
      await this.tx.openTask(record, taskOfVoice(loaded.definition, record.state, next, context))
  }
  async #closeTasks(which: (task: Scene['task']) => boolean, completedById: string | null): Promise<void> {
    const { record } = this.scene
    for (const task of (await this.tx.openTasks(record.id)).filter(which)) await this.tx.closeTask(task.id, completedById, record.version)
  }
  async #settle(ask: Ask, status: Ask['status'], answer: string | null): Promise<void> {
    await this.tx.settleAsk(ask.id, status, answer)
    await this.#closeTasks(({ askId }) => askId === ask.id, status === 'WITHDRAWN' ? null : this.#self.employeeId)
  }

  async #recall(): Promise<void> {
    const asked = asksOf(this.scene).filter(
      ({ kind, status, by }) => (kind === 'OPINION' || kind === 'ANSWER') && status === 'OPEN' && isSame(by, this.scene.actor),
    )
    for (const ask of asked) await this.#settle(ask, 'WITHDRAWN', null)
    await this.#suspend(false)
    await this.#record()
  }

  /** An opinion, an answer or a signature of whoever was asked; then the task goes back to whoever asked. */
  async #respond(): Promise<void> {
    const ask = this.scene.asks.find(({ id }) => id === this.scene.task.askId)!
    const signs = ask.kind === 'SIGN_BEFORE' || ask.kind === 'SIGN_AFTER'
    if (signs && this.command.approves === undefined)
      throw refuse('INPUT_INVALID', { fields: [{ path: 'approves', code: 'REQUIRED', message: ['须表明同意或不同意', 'say whether you approve'] }] })
    const text = signs && this.command.approves ? (this.command.text?.trim() ?? '') : this.#text()
    await this.#settle(ask, signs ? (this.command.approves ? 'APPROVED' : 'REJECTED') : 'ANSWERED', text)
    await this.#record()
    if (ask.kind === 'SIGN_AFTER') return this.#afterHeld(ask)
    const waiting = asksOf(this.scene).some(({ id, status }) => id !== ask.id && status === 'OPEN')
    if (!waiting) await this.#suspend(false)
  }
  /** 后加签: all have signed and the decision takes effect; or one rejects or the content is another, and the task is back with whoever decided. */
  async #afterHeld(ask: Ask): Promise<void> {
    const { record } = this.scene
    const { held, ...handling } = record.handling
    const others = asksOf(this.scene).filter(({ id, kind, status }) => id !== ask.id && kind === 'SIGN_AFTER' && status === 'OPEN')
    if (!held) return
    if (!this.command.approves || this.#isAnother(held)) {
      for (const other of others) await this.#settle(other, 'WITHDRAWN', null)
      await this.tx.setHandling(record.id, handling)
      return this.#suspend(false)
    }
    if (others.length === 0) await this.#release()
  }
  /** The decision was about something else than what stands there now. */
  #isAnother({ contentDigest }: HeldAct): boolean {
    return contentDigest !== this.scene.context.facts.contentDigest
  }
  /** Of the signers who follow somebody has signed and nobody has rejected: without the others the rule is met. */
  #othersSigned(): boolean {
    const signed = asksOf(this.scene).filter(({ kind }) => kind === 'SIGN_AFTER')
    return signed.some(({ status }) => status === 'APPROVED') && signed.every(({ status }) => status !== 'REJECTED')
  }
  /** The decision that was held takes effect. */
  async #release(): Promise<void> {
    const { record, loaded } = this.scene
    const { held, ...handling } = record.handling
    if (!held) return
    await this.tx.setHandling(record.id, handling)
    const free: CaseRecord = { ...record, handling }
    const around = await this.tx.surroundings(free, { openCases: [] })
    const { action, actor, seat, to, forms } = held
    const named =
      isCountersign(loaded.definition.states[record.state]!) &&
      seat !== null &&
      record.handling.ballot?.seats.some((one) => one.key === seat && one.kind === 'seat')
    const command = { ...this.command, action, ...(named && { seat: seat! }), ...(to !== null && { to }) }
    await take(this.processes, this.tx, loaded, free, { actor, forms, around, at: await this.tx.now(), command, causedBy: presentAs(record) })
  }

  /** 催办: at most once an hour and three times a day for a task. */
  async #remind(): Promise<void> {
    const { task } = this.scene
    const recent = await this.tx.remindersOf(task.id)
    if (recent.lastHour > 0 || recent.lastDay >= 3) {
      const retryAfterSeconds = recent.lastHour > 0 ? 3600 : 86_400
      throw new Refused([reason('REMINDER_LIMIT', ['每小时 1 次，每天 3 次', 'once an hour, three times a day'])], { details: { retryAfterSeconds } })
    }
    await this.tx.remind(task.id, this.#self.employeeId)
    await this.#record()
  }
}
