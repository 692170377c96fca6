import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql'
import { refuse } from '../engine/refused.js'
import { CaseType } from './case.type.js'
import { type RequestContext, uuid, viewerOf } from './context.js'
import { NodeType } from './node.type.js'
import { CustomerType, DepartmentType, EmployeeType } from './people.type.js'
import { TaskType } from './task.type.js'

@Resolver()
export class NodeResolver {
  @Query(() => NodeType, { description: '按编号查询 / Anything that you may see, by its id' })
  async node(@Ctx() context: RequestContext, @Arg('id', () => ID) given: string): Promise<NodeType> {
    viewerOf(context)
    const id = uuid(given)
    const { loaders } = context
    const kase = await loaders.case.load(id)
    if (kase) return CaseType.of(kase)
    const task = await loaders.task.load(id)
    if (task && (await loaders.case.load(task.caseId))) return new TaskType(task)
    const [customer, employee, department] = await Promise.all([loaders.customer.load(id), loaders.employee.load(id), loaders.department.load(id)])
    if (customer) return new CustomerType(customer)
    if (employee) return new EmployeeType(employee)
    if (department) return new DepartmentType(department)
    throw refuse('NOT_FOUND')
  }
}
