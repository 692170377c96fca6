import { Arg, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from 'type-graphql'
import { ProxyGrantEntity } from '../persistence/entities.js'
import { findCopied, findStarted } from '../persistence/queries/case-queries.js'
import { findDone, findInbox, findUnassignable } from '../persistence/queries/task-queries.js'
import { CaseConnection, CaseType } from './case.type.js'
import { type Connection, connect } from './connection.js'
import { type RequestContext, viewerOf } from './context.js'
import { CustomerType } from './people.type.js'
import { ProxyGrantType } from './proxy.type.js'
import { TaskConnection, TaskType } from './task.type.js'

const First = () => Arg('first', () => Int, { nullable: true })
const After = () => Arg('after', () => String, { nullable: true })
const tasks = (context: RequestContext, page: Awaited<ReturnType<typeof findInbox>>) =>
  connect(
    page,
    (ids) => context.loaders.task.loadMany(ids),
    (row) => new TaskType(row),
  )
const cases = (context: RequestContext, page: Awaited<ReturnType<typeof findInbox>>) => connect(page, (ids) => context.loaders.case.loadMany(ids), CaseType.of)

@ObjectType('MyWork', { description: '我的工作 / What the viewer has to do, has done, has started and was copied' })
export class MyWorkType {
  @Field(() => TaskConnection, { description: '待办 / To do' })
  async toDo(@Ctx() context: RequestContext, @First() first?: number, @After() after?: string): Promise<Connection<TaskType>> {
    return tasks(context, await findInbox(context.pool, viewerOf(context), { first, after }))
  }
  @Field(() => TaskConnection, { description: '已办 / Done' })
  async done(@Ctx() context: RequestContext, @First() first?: number, @After() after?: string): Promise<Connection<TaskType>> {
    return tasks(context, await findDone(context.pool, viewerOf(context), { first, after }))
  }
  @Field(() => CaseConnection, { description: '我发起的 / Started by me' })
  async started(@Ctx() context: RequestContext, @First() first?: number, @After() after?: string): Promise<Connection<CaseType>> {
    return cases(context, await findStarted(context.pool, viewerOf(context), { first, after }))
  }
  @Field(() => CaseConnection, { description: '抄送我的 / Copied to me' })
  async copied(@Ctx() context: RequestContext, @First() first?: number, @After() after?: string): Promise<Connection<CaseType>> {
    return cases(context, await findCopied(context.pool, viewerOf(context), { first, after }))
  }
  @Field(() => TaskConnection, { description: '无人可办，由我负责的流程 / Tasks that nobody may do now, of the processes that I own' })
  async unassignable(@Ctx() context: RequestContext, @First() first?: number, @After() after?: string): Promise<Connection<TaskType>> {
    return tasks(context, await findUnassignable(context.pool, context.processes, viewerOf(context), { first, after }))
  }
  @Field(() => [ProxyGrantType], { description: '与我有关的代理授权，新的在前，至多 100 项 / The proxies that I gave or hold, newest first, at most 100' })
  async proxies(@Ctx() context: RequestContext): Promise<ProxyGrantType[]> {
    const { employeeId } = viewerOf(context)
    const mine = { $or: [{ principalId: employeeId }, { proxyId: employeeId }] }
    return (await context.em.find(ProxyGrantEntity, mine, { orderBy: { validFrom: 'desc' }, limit: 100 })).map((row) => new ProxyGrantType(row))
  }
}

@Resolver()
export class WorkResolver {
  @Query(() => MyWorkType) myWork(@Ctx() context: RequestContext): MyWorkType {
    viewerOf(context)
    return new MyWorkType()
  }
}

@Resolver(() => CustomerType)
export class CustomerWorkResolver {
  @FieldResolver(() => [TaskType], {
    description: '针对该客户的待审批事项，至多 100 项 / What is pending against the customer, as far as you may see it; at most 100',
  })
  async pendingApprovals(@Root() { row }: CustomerType, @Ctx() context: RequestContext): Promise<TaskType[]> {
    const found = await Promise.all((await context.loaders.pendingApprovals.load(row.id)).map((id) => context.loaders.task.load(id)))
    const seen = await Promise.all(found.map(async (task) => (task && (await context.loaders.case.load(task.caseId)) ? new TaskType(task) : null)))
    return seen.filter((task) => task !== null)
  }
}
