import { contactReaders, reason } from '../define/index.js'
import { Refused } from '../engine/refused.js'
import type { ContactRow } from '../persistence/entities.js'
import { type RequestContext, viewerOf } from './context.js'

/**
 * How somebody at a customer is called and reached, in plain (S2): for whoever handles an open case of the customer, and by office.
 * Throws `NOT_AUTHORISED`, `BUSY` when the reading cannot be recorded.
 */
export async function readContact(context: RequestContext, contact: ContactRow, field: 'name' | 'phone' | 'email'): Promise<string | null> {
  const { roles } = viewerOf(context)
  const { loaders, readings } = context
  const customer = await loaders.customer.load(contact.customerId)
  const reading = {
    caseId: null,
    customerId: contact.customerId,
    place: { customer: customer!.code },
    field: `${contact.id}.${field}`,
    level: 'S2',
    purpose: null,
  } as const
  if (!roles.some((role) => contactReaders.includes(role)) && !(await loaders.handlesCustomer.load(contact.customerId))) {
    await readings.load({ ...reading, refused: true })
    throw new Refused([reason('NOT_AUTHORISED')])
  }
  const value = contact[field] ?? null
  if (value !== null) await readings.load(reading)
  return value
}
