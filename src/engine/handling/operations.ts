import { type Handling, type Label, type Reason, reason } from '../../define/index.js'
import { againstDeciding, asksOf, isSame, no, notYours, over, oversees, type Scene } from './scene.js'

/** What may be done with a task besides deciding. Data and pure judgements: the API lists them with their reasons. */
export const operations = {
  CLAIM: { label: ['签收', 'Claim'], against: (scene) => againstClaim(scene) },
  RELEASE: { label: ['退回任务池', 'Give back'], against: (scene) => (holds(scene) ? [] : [notYours(['仅限签收人', 'only whoever has claimed it'])]) },
  REASSIGN: {
    label: ['改派', 'Reassign'],
    against: (scene) => [
      ...decisionsOnly(scene),
      // Decided already: only those who follow are still to sign.
      ...(scene.record.handling.held?.seat === scene.task.seat ? [reason('TASK_SUSPENDED')] : []),
      ...(oversees(scene) ? [] : [notYours(['仅限主管或流程负责人', 'only a superior or the owner of the process'])]),
    ],
  },
  TRANSFER: { label: ['转办', 'Transfer'], against: (scene) => [...offered(scene, 'TRANSFER'), ...movedTooOften(scene)] },
  DELEGATE: { label: ['委派征询意见', 'Ask for an opinion'], against: (scene) => offered(scene, 'DELEGATE') },
  ADD_SIGNER: { label: ['加签', 'Add signers'], against: (scene) => [...offered(scene, 'ADD_SIGNER'), ...batchOpen(scene)] },
  REMOVE_SIGNER: { label: ['减签', 'Remove a signer'], against: (scene) => againstRemoving(scene) },
  ASK: { label: ['请求补充信息', 'Ask for information'], against: (scene) => offered(scene, 'ASK') },
  RECALL: { label: ['收回征询', 'Recall what was asked'], against: (scene) => againstRecall(scene) },
  RESPOND: { label: ['答复', 'Respond'], against: (scene) => againstResponse(scene) },
  REMIND: { label: ['催办', 'Remind'], against: (scene) => againstReminder(scene) },
} as const satisfies Record<string, { readonly label: Label; readonly against: (scene: Scene) => Reason[] }>
export type Operation = keyof typeof operations

const holds = ({ task, actor }: Scene): boolean => task.holderId === actor.employeeId
const decisionsOnly = ({ task }: Scene): Reason[] => (task.kind === 'DECIDE' ? [] : [no(['仅限审批任务', 'only a task that decides'])])
const againstClaim = (scene: Scene): Reason[] => (isAsked(scene) ? [] : againstDeciding(scene))
const isAsked = ({ asks, task, actor }: Scene): boolean => asks.some(({ id, to }) => id === task.askId && isSame(to, actor))

/** The process allows it, the task is this person's, and nobody else is being asked. */
function offered(scene: Scene, what: Handling): Reason[] {
  const allowed = scene.loaded.definition.handling?.includes(what)
  return [
    ...(allowed ? [] : [no(['本流程不允许', 'this process does not allow it'])]),
    ...decisionsOnly(scene),
    ...againstDeciding(scene),
    ...(scene.context.work?.isSuspended(scene.task.seat) ? [reason('TASK_SUSPENDED')] : []),
  ]
}
const hopsMax = 5
const movedTooOften = ({ context, task }: Scene): Reason[] =>
  (context.work?.givers(task.seat) ?? []).length >= hopsMax ? [no([`最多转办 ${hopsMax} 次`, `at most ${hopsMax} transfers`])] : []
const batchOpen = (scene: Scene): Reason[] =>
  asksOf(scene).some(({ kind, status }) => kind !== 'OPINION' && kind !== 'ANSWER' && (status === 'OPEN' || status === 'WAITING'))
    ? [no(['上一批加签尚未完成', 'the signers added before have not finished'])]
    : []
function againstRemoving(scene: Scene): Reason[] {
  const { actor, record, loaded } = scene
  const mine = asksOf(scene).filter(({ kind, status }) => (kind === 'SIGN_BEFORE' || kind === 'SIGN_AFTER') && (status === 'OPEN' || status === 'WAITING'))
  const voices = scene.context.parties.voices.filter(({ addedBy }) => addedBy !== undefined)
  if (mine.length === 0 && voices.length === 0) return [no(['没有可减的加签人', 'there is no signer to remove'])]
  const isOwner = actor.roles.includes(loaded.definition.owner) && actor.personId !== record.applicantPersonId
  const isAdder = mine.some(({ by }) => isSame(by, actor)) || voices.some(({ addedBy }) => addedBy === actor.personId)
  return isOwner || isAdder ? [] : [notYours(['仅限加签人或流程负责人', 'only whoever added the signer, or the owner of the process'])]
}
const againstRecall = (scene: Scene): Reason[] =>
  asksOf(scene).some(({ kind, status, by }) => (kind === 'OPINION' || kind === 'ANSWER') && status === 'OPEN' && isSame(by, scene.actor))
    ? []
    : [no(['没有可收回的征询', 'nothing that was asked is open'])]
function againstResponse(scene: Scene): Reason[] {
  if (scene.task.kind === 'DECIDE') return [no(['仅限被征询的任务', 'only a task that somebody is asked'])]
  return isAsked(scene) ? [] : [notYours(['仅限被邀请人', 'only whoever was asked'])]
}
function againstReminder(scene: Scene): Reason[] {
  const mine = scene.actor.personId === scene.record.applicantPersonId
  return mine || oversees(scene) ? [] : [notYours(['仅限申请人、主管或流程负责人', 'only the applicant, a superior or the owner of the process'])]
}

/** Why not, or nothing. A task that is over is over for everything. */
export const againstOperation = (operation: Operation, scene: Scene): Reason[] => {
  const ended = over(scene)
  return ended.length > 0 ? ended : operations[operation].against(scene)
}
