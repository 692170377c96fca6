import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql'
import type { EventRow } from '../persistence/events.js'
import type { TaskNews } from '../persistence/queries/task-news.js'
import { AuditEntryType } from './audit-entry.type.js'
import { CaseType } from './case.type.js'
import { CaseEventType, TaskEventType } from './event.type.js'
import { caseStream, type Told, taskStream } from './streams.js'
import { TaskType } from './task.type.js'

const After = () =>
  Arg('after', () => String, {
    nullable: true,
    description: '从该游标之后续订；不填则从现在起 / Go on behind this cursor; without it, from now on. CURSOR_EXPIRED: query again',
  })

/** What happens, as it happens: at least once, in order, without a gap. */
@Resolver()
export class EventResolver {
  @Subscription(() => TaskEventType, {
    description: '本人任务的动态 / What happens to the tasks that are yours to do, or were',
    subscribe: ({ args, context }) => taskStream(context, args.after),
  })
  async taskEvents(@Root() { item, cursor, context }: Told<TaskNews>, @After() _after?: string): Promise<TaskEventType> {
    const row = await context.loaders.task.load(item.taskId)
    return { cursor, id: `${item.event.id}.${item.place}`, at: item.event.at, kind: item.kind, task: row && new TaskType(row) }
  }
  @Subscription(() => CaseEventType, {
    description: '案件动态 / What is done in a case; NOT_FOUND ends it when you may no longer see the case',
    subscribe: ({ args, context }) => caseStream(context, args.id, args.after),
  })
  async caseEvents(@Root() { item, cursor, context }: Told<EventRow>, @Arg('id', () => ID) _id: string, @After() _after?: string): Promise<CaseEventType> {
    const [entry, kase] = await Promise.all([context.loaders.entry.load(item.entryId), context.loaders.case.load(item.caseId!)])
    return { cursor, id: item.id, at: item.at, entry: new AuditEntryType(entry!), case: kase && CaseType.of(kase) }
  }
}
