import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql'
import { type Role, roleIds, rolesHeld } from '../define/index.js'
import { refuse } from '../engine/refused.js'
import { DepartmentEntity } from '../persistence/entities.js'
import { caseIdByNumber, findCases } from '../persistence/queries/case-queries.js'
import { findCustomers, findEmployees } from '../persistence/queries/people-queries.js'
import { findInbox, findTasks } from '../persistence/queries/task-queries.js'
import { CaseConnection, CaseOutcome, CaseStatus, CaseType } from './case.type.js'
import { type Connection, connect, connectionType } from './connection.js'
import { type RequestContext, uuid, uuidIf, viewerOf } from './context.js'
import { CustomerKind, CustomerStatusType, CustomerType, customerOf, DepartmentType, EmployeeType, employeeOf } from './people.type.js'
import { ProcessType } from './process.type.js'
import { DateTime } from './scalars.js'
import { TaskConnection, TaskStatus, TaskType } from './task.type.js'

const CustomerConnection = connectionType('Customer', () => CustomerType)
const EmployeeConnection = connectionType('Employee', () => EmployeeType)
const First = () => Arg('first', () => Int, { nullable: true, description: '1–100，默认 20 / 1 to 100, 20 unless told' })
const After = () => Arg('after', () => String, { nullable: true })

@ObjectType('Session', { description: '会话 / A signed-in session' })
class SessionType {
  @Field(() => String) token!: string
  @Field(() => DateTime) expiresAt!: Date
  @Field(() => EmployeeType) viewer!: EmployeeType
}

@InputType({ description: '筛选案件 / Which cases' })
class CaseFilterInput {
  @Field(() => [ID], { nullable: true, description: '流程代码 / Process ids' }) processes?: string[]
  @Field(() => [String], { nullable: true }) states?: string[]
  @Field(() => CaseStatus, { nullable: true }) status?: CaseStatus
  @Field(() => CaseOutcome, { nullable: true }) outcome?: CaseOutcome
  @Field(() => ID, { nullable: true }) customerId?: string
  @Field(() => ID, { nullable: true }) applicantId?: string
  @Field(() => ID, { nullable: true }) parentId?: string
  @Field(() => DateTime, { nullable: true }) openedFrom?: Date
  @Field(() => DateTime, { nullable: true }) openedBefore?: Date
  @Field(() => Boolean, { nullable: true }) overdue?: boolean
}
@InputType({ description: '筛选任务 / Which tasks' })
class TaskFilterInput {
  @Field(() => ID, { nullable: true }) caseId?: string
  @Field(() => TaskStatus, { nullable: true }) status?: TaskStatus
  @Field(() => ID, { nullable: true, description: '办理人 / Who did it' }) completedById?: string
  @Field(() => Boolean, { nullable: true }) overdue?: boolean
}
@InputType({ description: '筛选客户 / Which customers' })
class CustomerFilterInput {
  @Field(() => String, { nullable: true, description: '名称或编码包含 / Part of the name or code' }) text?: string
  @Field(() => CustomerKind, { nullable: true }) kind?: CustomerKind
  @Field(() => CustomerStatusType, { nullable: true }) status?: CustomerStatusType
}
@InputType({ description: '筛选员工 / Which employees' })
class EmployeeFilterInput {
  @Field(() => String, { nullable: true, description: '姓名、账号或工号包含 / Part of the name, login or number' }) text?: string
  @Field(() => ID, { nullable: true }) role?: string
  @Field(() => ID, { nullable: true }) departmentId?: string
  @Field(() => Boolean, { nullable: true }) active?: boolean
}

@Resolver()
export class SessionResolver {
  @Query(() => EmployeeType, { description: '当前用户 / Who is signed in' })
  async viewer(@Ctx() context: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(context.loaders, viewerOf(context).employeeId)
  }
  @Mutation(() => SessionType, { description: '登录 / Sign in with a password' })
  async signIn(
    @Ctx() context: RequestContext,
    @Arg('login', () => String) login: string,
    @Arg('password', () => String) password: string,
  ): Promise<SessionType> {
    const employeeId = await context.signIn(login, password, context.address, context.requestId)
    const session = await context.tokens.issue(employeeId)
    return { ...session, viewer: (await employeeOf(context.loaders, employeeId))! }
  }
}

@Resolver()
export class ProcessCatalogueResolver {
  @Query(() => [ProcessType], { description: '所有流程 / Every process, in its newest version' })
  processes(@Ctx() context: RequestContext): ProcessType[] {
    viewerOf(context)
    return [...context.processes.current.values()].map((loaded) => new ProcessType(loaded))
  }
  @Query(() => ProcessType) process(@Ctx() context: RequestContext, @Arg('id', () => ID) id: string): ProcessType {
    viewerOf(context)
    const loaded = context.processes.current.get(id)
    if (!loaded) throw refuse('NOT_FOUND')
    return new ProcessType(loaded)
  }
}

@Resolver()
export class CaseResolver {
  @Query(() => CaseType, { description: '案件 / One case that you may see' })
  async case(@Ctx() context: RequestContext, @Arg('id', () => ID) id: string): Promise<CaseType> {
    viewerOf(context)
    const row = await context.loaders.case.load(uuid(id))
    if (!row) throw refuse('NOT_FOUND')
    return CaseType.of(row)
  }
  @Query(() => CaseType) async caseByNumber(@Ctx() context: RequestContext, @Arg('number', () => String) number: string): Promise<CaseType> {
    viewerOf(context)
    const id = await caseIdByNumber(context.pool, number)
    return this.case(context, id ?? '')
  }
  @Query(() => CaseConnection, { description: '您有权查看的案件，新的在前 / Cases that you may see, newest first' })
  async cases(
    @Ctx() context: RequestContext,
    @Arg('filter', () => CaseFilterInput, { nullable: true }) filter: CaseFilterInput | null,
    @First() first?: number,
    @After() after?: string,
  ): Promise<Connection<CaseType>> {
    const asked = { ...filter, customerId: uuidIf(filter?.customerId), applicantId: uuidIf(filter?.applicantId), parentId: uuidIf(filter?.parentId) }
    const page = await findCases(context.pool, context.processes, viewerOf(context), asked, { first, after })
    return connect(page, (ids) => context.loaders.case.loadMany(ids), CaseType.of)
  }
  @Query(() => TaskConnection, { description: '待我办理 / Open tasks that you may act on, newest first' })
  async inbox(@Ctx() context: RequestContext, @First() first?: number, @After() after?: string): Promise<Connection<TaskType>> {
    return tasksOf(context, await findInbox(context.pool, viewerOf(context), { first, after }))
  }
  @Query(() => TaskConnection, { description: '任务，新的在前 / Tasks of cases that you may see, newest first' })
  async tasks(
    @Ctx() context: RequestContext,
    @Arg('filter', () => TaskFilterInput, { nullable: true }) filter: TaskFilterInput | null,
    @First() first?: number,
    @After() after?: string,
  ): Promise<Connection<TaskType>> {
    const asked = { ...filter, caseId: uuidIf(filter?.caseId), completedById: uuidIf(filter?.completedById) }
    return tasksOf(context, await findTasks(context.pool, context.processes, viewerOf(context), asked, { first, after }))
  }
}
const tasksOf = (context: RequestContext, page: Awaited<ReturnType<typeof findInbox>>) =>
  connect(
    page,
    (ids) => context.loaders.task.loadMany(ids),
    (row) => new TaskType(row),
  )

@Resolver()
export class PeopleResolver {
  @Query(() => CustomerConnection) async customers(
    @Ctx() context: RequestContext,
    @Arg('filter', () => CustomerFilterInput, { nullable: true }) filter: CustomerFilterInput | null,
    @First() first?: number,
    @After() after?: string,
  ): Promise<Connection<CustomerType>> {
    viewerOf(context)
    return connect(
      await findCustomers(context.pool, { ...filter }, { first, after }),
      (ids) => context.loaders.customer.loadMany(ids),
      (row) => new CustomerType(row),
    )
  }
  @Query(() => CustomerType) async customer(@Ctx() context: RequestContext, @Arg('id', () => ID) id: string): Promise<CustomerType> {
    viewerOf(context)
    const found = await customerOf(context.loaders, uuid(id))
    if (!found) throw refuse('NOT_FOUND')
    return found
  }
  @Query(() => EmployeeConnection) async employees(
    @Ctx() context: RequestContext,
    @Arg('filter', () => EmployeeFilterInput, { nullable: true }) filter: EmployeeFilterInput | null,
    @First() first?: number,
    @After() after?: string,
  ): Promise<Connection<EmployeeType>> {
    viewerOf(context)
    const grants = filter?.role ? roleIds.filter((granted) => rolesHeld([granted]).includes(filter.role as Role)) : undefined
    const page = await findEmployees(context.pool, { ...filter, grants, departmentId: uuidIf(filter?.departmentId) }, { first, after })
    return connect(
      page,
      (ids) => context.loaders.employee.loadMany(ids),
      (row) => new EmployeeType(row),
    )
  }
  @Query(() => [DepartmentType]) async departments(@Ctx() context: RequestContext): Promise<DepartmentType[]> {
    viewerOf(context)
    return (await context.em.find(DepartmentEntity, {}, { orderBy: { code: 'asc' } })).map((row) => new DepartmentType(row))
  }
}
