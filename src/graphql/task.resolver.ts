import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import { refuse } from '../engine/refused.js'
import { type RequestContext, uuid, viewerOf } from './context.js'
import { TaskType } from './task.type.js'

@Resolver()
export class TaskResolver {
  @Mutation(() => TaskType, { description: '签收任务：此后他人不得办理 / Take a task out of its pool; nobody else may do it then' })
  claimTask(@Ctx() context: RequestContext, @Arg('taskId', () => ID) taskId: string): Promise<TaskType> {
    return held(context, 'CLAIM_TASK', taskId)
  }
  @Mutation(() => TaskType, { description: '退回任务池 / Give a task back to its pool' })
  releaseTask(@Ctx() context: RequestContext, @Arg('taskId', () => ID) taskId: string): Promise<TaskType> {
    return held(context, 'RELEASE_TASK', taskId)
  }
}

async function held(context: RequestContext, action: 'CLAIM_TASK' | 'RELEASE_TASK', taskId: string): Promise<TaskType> {
  const id = uuid(taskId)
  await context.door.claim({ actorId: viewerOf(context).employeeId, requestId: context.requestId, action, taskId: id })
  const row = await context.loaders.task.clear(id).load(id)
  if (!row) throw refuse('NOT_FOUND')
  return new TaskType(row)
}
