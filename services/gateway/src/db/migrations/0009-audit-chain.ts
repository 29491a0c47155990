import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * The audit log as a chain: each entry has the hash of the one before. Triggers refuse to change an entry, and to remove one
 * that `audit_anchor` has not passed. The anchor moves forward only, to an entry that is at least thirty days old.
 * `audit_log` stays for the previous version; its rows are taken into the chain.
 */
export const auditChain: Migration = {
  async up(db) {
    await sql`
      create table audit_entries (
        sequence bigint primary key,
        at timestamptz(3) not null,
        actor text not null,
        publisher_id text,
        procedure text not null,
        subject text,
        outcome text not null,
        reason text,
        requested_by text,
        approved_by text,
        source text,
        before text,
        after text,
        correlation_id text not null,
        times integer not null default 1,
        hash bytea not null
      )`.execute(db);
    for (const [name, columns] of Object.entries(indexes)) {
      await sql`create index ${sql.ref(name)} on audit_entries ${sql.raw(columns)}`.execute(db);
    }
    await sql`
      create table audit_anchor (
        is_only boolean primary key default true check (is_only),
        sequence bigint not null,
        hash bytea not null
      )`.execute(db);
    await sql`insert into audit_anchor (sequence, hash) values (0, sha256(''))`.execute(db);
    await sql`
      create table audit_refusals (
        actor text not null,
        publisher_id text not null,
        procedure text not null,
        outcome text not null,
        hour timestamptz(3) not null,
        times integer not null,
        correlation_id text not null,
        primary key (actor, publisher_id, procedure, outcome, hour)
      )`.execute(db);
    await protect(db);
  },
};

const indexes = {
  audit_entries_by_time: '(at, sequence)',
  audit_entries_by_actor: '(actor, at, sequence)',
  audit_entries_by_publisher: '(publisher_id, at, sequence) where publisher_id is not null',
  audit_entries_by_subject: '(subject, at, sequence) where subject is not null',
  audit_entries_by_procedure: '(procedure text_pattern_ops, at, sequence)',
  audit_entries_by_correlation: '(correlation_id)',
  audit_entries_refused: `(outcome, at, sequence) where outcome <> 'done'`,
};

/** The functions keep this schema as their search path, so that no other table of the same name can stand in. */
async function protect(db: Parameters<Migration['up']>[0]): Promise<void> {
  await sql`
    create function audit_entries_guard() returns trigger language plpgsql set search_path from current as $$
    begin
      if tg_op = 'DELETE' and old.sequence <= (select sequence from audit_anchor) then
        return old;
      end if;
      raise exception 'entries of the audit log are never changed, and removed only after their retention'
        using errcode = 'restrict_violation';
    end $$`.execute(db);
  await sql`
    create trigger audit_entries_guard before update or delete on audit_entries
      for each row execute function audit_entries_guard()`.execute(db);
  await sql`
    create trigger audit_entries_no_truncate before truncate on audit_entries
      for each statement execute function audit_entries_guard()`.execute(db);
  await sql`
    create function audit_anchor_guard() returns trigger language plpgsql set search_path from current as $$
    begin
      if tg_op = 'UPDATE' and new.sequence > old.sequence and exists (
        select from audit_entries
        where sequence = new.sequence and hash = new.hash and at <= now() - interval '30 days'
      ) then
        return new;
      end if;
      raise exception 'the anchor of the audit log moves only to an entry that is thirty days old'
        using errcode = 'restrict_violation';
    end $$`.execute(db);
  await sql`
    create trigger audit_anchor_guard before update or delete on audit_anchor
      for each row execute function audit_anchor_guard()`.execute(db);
  await sql`
    create trigger audit_anchor_no_truncate before truncate on audit_anchor
      for each statement execute function audit_anchor_guard()`.execute(db);
}
