import { Arg, Ctx, ID, Mutation, Resolver, registerEnumType } from 'type-graphql'
import type { HandleCommand } from '../engine/commands.js'
import { Refused, refuse } from '../engine/refused.js'
import { type RequestContext, uuid, viewerOf } from './context.js'
import { forget } from './loaders.js'
import { TaskType } from './task.type.js'

export enum SignerPosition {
  BEFORE = 'BEFORE',
  AFTER = 'AFTER',
  PARALLEL = 'PARALLEL',
}
registerEnumType(SignerPosition, { name: 'SignerPosition', description: '前加签、后加签、并行加签' })

const TaskId = () => Arg('taskId', () => ID)
const Key = () => Arg('idempotencyKey', () => String)
const Reason = () => Arg('reason', () => String)

/** Work on a task besides deciding it. Each goes through the door and into the work history of the case. */
@Resolver()
export class TaskResolver {
  @Mutation(() => TaskType, { description: '签收任务：此后他人不得办理 / Take a task out of its pool; nobody else may do it then' })
  claimTask(@Ctx() context: RequestContext, @TaskId() taskId: string): Promise<TaskType> {
    return handled(context, taskId, { operation: 'CLAIM', idempotencyKey: '' })
  }
  @Mutation(() => TaskType, { description: '退回任务池 / Give a task back to its pool' })
  releaseTask(@Ctx() context: RequestContext, @TaskId() taskId: string): Promise<TaskType> {
    return handled(context, taskId, { operation: 'RELEASE', idempotencyKey: '' })
  }
  @Mutation(() => TaskType, { description: '改派：主管指定办理人 / A superior gives the task to somebody who may do it' })
  reassignTask(
    @Ctx() context: RequestContext,
    @TaskId() taskId: string,
    @Arg('employeeId', () => ID) employeeId: string,
    @Reason() text: string,
    @Key() idempotencyKey: string,
  ): Promise<TaskType> {
    return handled(context, taskId, { operation: 'REASSIGN', employeeIds: [uuid(employeeId)], text, idempotencyKey })
  }
  @Mutation(() => TaskType, { description: '转办：责任随之转移 / The task is the receiver’s, and the giver’s no longer' })
  transferTask(
    @Ctx() context: RequestContext,
    @TaskId() taskId: string,
    @Arg('employeeId', () => ID) employeeId: string,
    @Reason() text: string,
    @Key() idempotencyKey: string,
  ): Promise<TaskType> {
    return handled(context, taskId, { operation: 'TRANSFER', employeeIds: [uuid(employeeId)], text, idempotencyKey })
  }
  @Mutation(() => TaskType, { description: '委派征询意见：意见不是表决 / Ask somebody for an opinion; it is no vote, and the task comes back' })
  delegateTask(
    @Ctx() context: RequestContext,
    @TaskId() taskId: string,
    @Arg('employeeId', () => ID) employeeId: string,
    @Arg('question', () => String) text: string,
    @Key() idempotencyKey: string,
  ): Promise<TaskType> {
    return handled(context, taskId, { operation: 'DELEGATE', employeeIds: [uuid(employeeId)], text, idempotencyKey })
  }
  @Mutation(() => TaskType, { description: '加签：在本人之前、之后或并行 / Others sign as well: before, after or beside' })
  addSigners(
    @Ctx() context: RequestContext,
    @TaskId() taskId: string,
    @Arg('employeeIds', () => [ID]) employeeIds: string[],
    @Arg('position', () => SignerPosition) position: SignerPosition,
    @Reason() text: string,
    @Key() idempotencyKey: string,
  ): Promise<TaskType> {
    return handled(context, taskId, { operation: 'ADD_SIGNER', employeeIds: employeeIds.map(uuid), position, text, idempotencyKey })
  }
  @Mutation(() => TaskType, { description: '减签：仅限尚未签署的加签人 / Remove a signer who was added and has not signed' })
  removeSigner(
    @Ctx() context: RequestContext,
    @TaskId() taskId: string,
    @Arg('employeeId', () => ID) employeeId: string,
    @Key() idempotencyKey: string,
  ): Promise<TaskType> {
    return handled(context, taskId, { operation: 'REMOVE_SIGNER', employeeIds: [uuid(employeeId)], idempotencyKey })
  }
  @Mutation(() => TaskType, { description: '请求补充信息，默认向申请人 / Ask for information, of the applicant unless told' })
  askForInformation(
    @Ctx() context: RequestContext,
    @TaskId() taskId: string,
    @Arg('question', () => String) text: string,
    @Key() idempotencyKey: string,
    @Arg('employeeId', () => ID, { nullable: true }) employeeId?: string,
  ): Promise<TaskType> {
    return handled(context, taskId, { operation: 'ASK', ...(employeeId && { employeeIds: [uuid(employeeId)] }), text, idempotencyKey })
  }
  @Mutation(() => TaskType, { description: '收回尚未答复的征询 / Recall what was asked and is not answered' })
  recallTask(@Ctx() context: RequestContext, @TaskId() taskId: string, @Key() idempotencyKey: string): Promise<TaskType> {
    return handled(context, taskId, { operation: 'RECALL', idempotencyKey })
  }
  @Mutation(() => TaskType, { description: '答复征询或加签；加签须表明同意与否 / Answer what one is asked; a signer says whether he approves' })
  respondToTask(
    @Ctx() context: RequestContext,
    @TaskId() taskId: string,
    @Key() idempotencyKey: string,
    @Arg('text', () => String, { nullable: true }) text?: string,
    @Arg('approves', () => Boolean, { nullable: true }) approves?: boolean,
  ): Promise<TaskType> {
    return handled(context, taskId, { operation: 'RESPOND', ...(text != null && { text }), ...(approves != null && { approves }), idempotencyKey })
  }
  @Mutation(() => TaskType, { description: '催办：每小时一次，每天三次 / Remind: once an hour, three times a day' })
  remindTask(@Ctx() context: RequestContext, @TaskId() taskId: string, @Key() idempotencyKey: string): Promise<TaskType> {
    return handled(context, taskId, { operation: 'REMIND', idempotencyKey })
  }
  @Mutation(() => TaskType, { description: '保存草稿：本人对该任务尚未提交的决定 / Keep a decision that is not taken yet; only you see it' })
  async saveDraft(
    @Ctx() context: RequestContext,
    @TaskId() taskId: string,
    @Arg('action', () => String) action: string,
    @Arg('content', () => String, { description: '表单内容，JSON 文本，至多 64 KiB / The forms as JSON text, at most 64 KiB' }) content: string,
    @Key() idempotencyKey: string,
  ): Promise<TaskType> {
    const id = uuid(taskId)
    const command = { actorId: viewerOf(context).employeeId, requestId: context.requestId, idempotencyKey, taskId: id, draft: { action, content } }
    if ((await context.door.saveDraft(command)).replayed) context.markReplayed()
    return taskNow(context, id)
  }
}

async function handled(context: RequestContext, taskId: string, command: Omit<HandleCommand, 'taskId' | 'actorId' | 'requestId'>): Promise<TaskType> {
  const id = uuid(taskId)
  const sent = context.door.handle({ ...command, taskId: id, actorId: viewerOf(context).employeeId, requestId: context.requestId })
  const answer = await sent.catch((error) => Promise.reject(error instanceof Refused ? inArguments(error, command.operation) : error))
  if (answer.replayed) context.markReplayed()
  return taskNow(context, id)
}
/** A field that is not right goes by the name of its argument: one operation asks, another gives its reason. */
function inArguments(refused: Refused, operation: HandleCommand['operation']): Refused {
  const text = operation === 'DELEGATE' || operation === 'ASK' ? 'question' : operation === 'RESPOND' ? 'text' : 'reason'
  const fields = refused.fields.map((field) => (field.path === 'text' ? { ...field, path: text } : field))
  return new Refused(refused.reasons, { fields, changes: refused.changes, details: refused.details })
}
async function taskNow(context: RequestContext, id: string): Promise<TaskType> {
  forget(context)
  const row = await context.loaders.task.load(id)
  if (!row) throw refuse('NOT_FOUND')
  return new TaskType(row)
}
