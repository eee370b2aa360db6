import type { Sql } from '../../src/storage/sql.ts';
import { auditBody, sql, statusFor } from './workload.ts';

/** The transaction of the workload over our statement layer. */
export function rawTransaction(db: Sql): (id: number, text: string) => void {
  const update = db.prepare(sql.updateTask);
  const audit = db.prepare(sql.insertAudit);
  return (id, text) => {
    db.transaction(() => {
      const status = statusFor(text);
      update.run(status, text, Date.now(), id);
      audit.run(Date.now(), 'user', 'task.update', id, auditBody(id, status));
    });
  };
}
