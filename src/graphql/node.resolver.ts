import { Arg, createUnionType, Ctx, ID, Query, Resolver } from 'type-graphql'
import { refuse } from '../engine/refused.js'
import { CaseType } from './case.type.js'
import { type RequestContext, uuid, viewerOf } from './context.js'
import { CustomerType, DepartmentType, EmployeeType } from './people.type.js'
import { TaskType } from './task.type.js'

/** Ids are unique over all kinds, so that one look-up serves them all. */
export function nodeResolverFor(caseTypes: readonly (new (...args: any[]) => object)[]): new () => object {
  const Node = createUnionType({ name: 'Node', description: '任一有编号的对象 / Anything that has an id', types: () => [...caseTypes, TaskType, CustomerType, EmployeeType, DepartmentType] as never })
  @Resolver()
  class NodeResolver {
    @Query(() => Node, { description: '按编号查询 / Anything that you may see, by its id' })
    async node(@Ctx() context: RequestContext, @Arg('id', () => ID) given: string): Promise<object> {
      viewerOf(context)
      const id = uuid(given)
      const { loaders } = context
      const [kase, task, customer, employee, department] = await Promise.all([loaders.case.load(id), loaders.task.load(id), loaders.customer.load(id), loaders.employee.load(id), loaders.department.load(id)])
      if (kase) return CaseType.of(kase)
      if (task && (await loaders.case.load(task.caseId))) return new TaskType(task)
      if (customer) return new CustomerType(customer)
      if (employee) return new EmployeeType(employee)
      if (department) return new DepartmentType(department)
      throw refuse('NOT_FOUND')
    }
  }
  return NodeResolver
}
