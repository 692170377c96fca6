import { organisation } from './administer.js'
import type { CommandStore } from './case-store.js'
import { entryWith } from './entry.js'

/**
 * Puts on record which roles were given before there was a history of it: when the first server starts, or by whoever loads people
 * from elsewhere. From then on a role that no entry tells of was given behind the product's back, and the verifier says so.
 * `assignments`: only these rows; absent: all there are, unless roles were adopted before. Output: how many.
 */
export const adoptRoles = (store: CommandStore, assignments?: readonly string[]): Promise<number> =>
  store.transact(async (tx) => {
    const found = await tx.rolesToAdopt(assignments ?? null)
    for (const { id, employeeId, role, validTo } of found)
      await tx.recordOrganisation(
        entryWith({
          process: organisation,
          definitionVersion: 1,
          definitionHash: '',
          action: 'ADOPT_ROLE',
          actor: { id: '', kind: 'system' },
          details: { employeeId, role, assignment: id, ...(validTo !== null && { validTo }) },
          requestId: 'start',
          idempotencyKey: `role ${id}`,
        }),
      )
    return found.length
  })
