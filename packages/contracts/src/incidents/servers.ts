import type { PrometheusAlertName } from '../prometheus-alerts.ts';
import type { serverAlerts } from '../server-alerts.ts';
import type { Incident } from './incident.ts';

type Name =
  | PrometheusAlertName
  | keyof typeof serverAlerts
  | 'ServiceSilent'
  | 'ReadingsFailed'
  | 'OutboxStuck'
  | 'ConsumerBehind'
  | 'DeadLetters';

/** Incidents of processes, PostgreSQL and NATS. */
export const serverIncidents: Readonly<Record<Name, Incident>> = {
  InstanceDown: {
    effect:
      'Other instances of the service take over its work within seconds. If it was the only one, see ServiceSilent.',
    causes: [
      [
        'The process has ended.',
        'Read the last lines of its log: an uncaught error, or `could not start` with the reason.',
        'Do what the error says, and start it again. At its start, the program lists every missing or wrong setting.',
      ],
      [
        'The process was killed for its memory.',
        'The log ends without `stopped`; Kubernetes shows *OOMKilled*, the kernel log shows *oom-kill*.',
        'Raise its memory limit to at least 512 MB.',
      ],
      [
        'Only Prometheus cannot reach it.',
        '`landfall alerts list` shows that the service answers.',
        'Open its metrics port (`HTTP_PORT`; `METRICS_PORT` on the gateway) to Prometheus in the firewall or network policy.',
      ],
    ],
  },
  ScrapingStopped: {
    effect: 'None for customers. But Prometheus cannot report any other problem.',
    causes: [
      [
        'The scrape jobs were renamed or removed.',
        'Open the page *Target health* of Prometheus.',
        'Give the jobs names that contain `landfall`, and reload Prometheus.',
      ],
      [
        'Prometheus cannot reach any process.',
        'The page *Target health* lists the targets, with the error of each.',
        'Fix the network or the name resolution between Prometheus and the services.',
      ],
    ],
  },
  VersionsDiffer: {
    effect:
      'None: neighbouring versions work together. Only some processes have the new behaviour.',
    causes: [
      [
        'An upgrade was not finished.',
        'The labels of `landfall_build_info` show the version of each process.',
        'Replace the remaining processes, in the order of the upgrade guide.',
      ],
      [
        'A new process did not start, so the old one was kept.',
        'Read the log of the new process.',
        'Fix the cause that the log names, or go back to the previous version everywhere.',
      ],
    ],
  },
  ServiceSilent: {
    effect:
      'The work of this service waits. webhook-ingest: Microsoft gets 503 and calls again for eight hours. landing: buyers see a page that asks them to come back. fulfillment-worker: purchases and changes wait. billing-sync: usage waits.',
    causes: [
      [
        'The process has stopped or restarts again and again.',
        'Read its log. `/readyz` of the process does not answer.',
        'Fix the cause that the log names, and start it. It continues where it stopped.',
      ],
      [
        'It has lost its connection to NATS.',
        'Its `/readyz` shows `nats` as false.',
        'Restore NATS, or the permissions of its user. It reconnects by itself.',
      ],
      [
        'It hangs.',
        'The process runs, but `/healthz` does not answer within seconds.',
        'Restart it. Then look at ProcessBusy and ProcessSlow.',
      ],
    ],
  },
  ReadingsFailed: {
    effect: 'The other alerts of this service cannot be trusted. It probably cannot work either.',
    causes: [
      [
        'PostgreSQL does not answer.',
        '`/readyz` of the service shows `postgres` as false.',
        'Restore PostgreSQL. Services reconnect by themselves; Microsoft repeats its calls.',
      ],
      [
        'NATS or JetStream does not answer.',
        '`/readyz` shows `nats` as false, or `landfall doctor` shows an error for `nats.server` or `nats.streams`.',
        'Restore nats-server. Facts wait in PostgreSQL until then.',
      ],
      [
        'One statement is refused or too slow.',
        'The log has `could not read metrics` with the error.',
        'For a refusal, restore the rights of the role (`landfall doctor`, `postgres.role`). For a timeout, see PoolExhausted.',
      ],
    ],
  },
  OutboxStuck: {
    effect:
      'Pages and the product learn late what happened, billing-sync may rate usage under an old plan, and new matters do not appear. Nothing is lost.',
    causes: [
      [
        'JetStream does not take messages: it is down, full, or without a leader.',
        '`landfall doctor`, checks `nats.server` and `nats.streams`; the log of the service has `loop: relay`.',
        'Start nats-server, or free its disk. In a cluster, two of three nodes must run.',
      ],
      [
        "The service's user may not publish.",
        '`landfall doctor`, check `nats.permissions`.',
        'Load the users file of this version, and reload nats-server.',
      ],
      [
        'A process that hangs holds the lock of the relay.',
        "`select pid, application_name, state, now() - xact_start as age from pg_stat_activity where application_name like 'landfall-%' order by xact_start`",
        'Restart the instance with the oldest transaction.',
      ],
    ],
  },
  ConsumerBehind: {
    effect:
      'The service that owns the consumer works with old data: it may rate usage under an old plan, and erasures and events are late.',
    causes: [
      [
        'The service does not run.',
        '`landfall alerts list` says which service does not answer.',
        'Start it. It then handles the waiting messages.',
      ],
      [
        'It cannot handle the next message.',
        'The log of the service has `fault; trying again later` with the consumer; `landfall_consumer_redelivered` grows.',
        'Fix the cause, which is usually its database. After 150 attempts the message becomes a dead letter, and the service continues with the next one.',
      ],
    ],
  },
  DeadLetters: {
    effect: 'Nothing was done about these messages until you replay them. Other messages continue.',
    causes: [
      [
        'The handler failed on it many times.',
        '`landfall dead-letters list` has the reason of each.',
        'Fix the cause, run `landfall dead-letters replay --sequence <number> --dry-run`, then run it without `--dry-run`.',
      ],
      [
        'The message has a newer version, which this service cannot read.',
        'The reason says which field is wrong; `landfall_build_info` shows different versions.',
        'Finish the upgrade, then replay.',
      ],
      [
        'The message is not needed any more.',
        'Its subscription has ended, or the work was done by hand.',
        '`landfall dead-letters discard --sequence <number> --because "<reason>"`. This cannot be undone.',
      ],
    ],
  },
  PoolExhausted: {
    effect:
      'Pages, calls and notifications become slow. Callers that wait for five seconds get 503.',
    causes: [
      [
        'Statements are slow, or wait for a lock.',
        "`select pid, wait_event_type, now() - query_start as age, left(query, 80) from pg_stat_activity where state = 'active' order by query_start`",
        'End the session that holds the lock with `select pg_terminate_backend(<pid>)`. If the disk is slow, check its load.',
      ],
      [
        'There is more work than one process can do.',
        '`landfall_database_pool_connections` shows no idle connection, and PostgreSQL is not busy.',
        'Run more instances of the service.',
      ],
    ],
  },
  ClockOff: {
    effect:
      'Times on timelines are wrong. If the difference reaches a minute, genuine webhook calls are refused; from five minutes on, Microsoft refuses calls of Landfall.',
    causes: [
      [
        'No time service runs on one of the machines.',
        '`landfall doctor`: `clock.postgres`, `clock.entra` and `clock.service` show which clock is wrong.',
        'Start `chrony` or `systemd-timesyncd` on that machine. A container uses the clock of its host.',
      ],
    ],
  },
  ProcessBusy: {
    effect:
      "Calls to this service wait for each other. Decisions are late, and may miss Microsoft's ten seconds.",
    causes: [
      [
        'There is more work than one thread can do.',
        'The rates of `landfall_http_request_duration_seconds_count` and `landfall_rpc_call_duration_seconds_count` are higher than usual.',
        'Run more instances. They share the work without further settings.',
      ],
      [
        'One caller sends much more than the others.',
        '`landfall audit list --since 1h` for the API; the log of the gateway for addresses.',
        'Lower `RATE_PER_KEY` or `RATE_PER_ADDRESS`, or revoke the key.',
      ],
      [
        'The machine has too few cores.',
        'All processes of the machine are busy at the same time.',
        'Add cores, or move PostgreSQL or NATS to another machine.',
      ],
    ],
  },
  ProcessSlow: {
    effect:
      "Everything in this process is late, including timers. Decisions may miss Microsoft's ten seconds.",
    causes: [
      [
        'The container has a CPU limit and is throttled.',
        'Kubernetes: `container_cpu_cfs_throttled_periods_total` grows. Docker: `docker stats` is at the limit.',
        'Raise or remove the CPU limit. A CPU request is enough.',
      ],
      [
        'The machine swaps.',
        '`vmstat 1 5` has numbers other than 0 in the columns `si` and `so`.',
        'Add memory, or move a service to another machine.',
      ],
      [
        'The process spends much of its time on garbage collection.',
        'The rate of `nodejs_gc_duration_seconds_sum` is above 0.3.',
        'See MemoryNearLimit.',
      ],
    ],
  },
  MemoryNearLimit: {
    effect:
      'The process becomes slow, and is killed in the end. Others take over its work; callers that were waiting get 503.',
    causes: [
      [
        'The limit is small for the load.',
        '`process_resident_memory_bytes` rises and falls with the load.',
        'Raise the limit: 512 MB for each service is generous. To raise the limit of the heap, set `NODE_OPTIONS=--max-old-space-size=<MB>`.',
      ],
      [
        'The process leaks memory.',
        '`process_resident_memory_bytes` rises for hours without load.',
        'Restart it; no work is lost. Report the leak with the version and the graph.',
      ],
    ],
  },
  DatabaseReadOnly: {
    effect:
      'Nothing can be stored. Microsoft gets 503 and calls again for eight hours, buyers see a page that asks them to come back, and the API answers 503.',
    causes: [
      [
        'After a failover, `DATABASE_URL` leads to the former primary or to a standby.',
        '`select pg_is_in_recovery()` is true.',
        'Point the address to the primary. Services drop connections to a read-only server, so they need no restart.',
      ],
      [
        'The provider has made the server read-only, because its disk is almost full.',
        '`show default_transaction_read_only` is on; the portal of the provider says why.',
        'Enlarge the disk. If the provider does not allow writes again by itself, run `alter database <name> reset default_transaction_read_only`.',
      ],
    ],
  },
  DatabaseConnectionsNearLimit: {
    effect:
      'None yet. When none is left, a service that starts or reconnects fails, and calls are answered 503.',
    causes: [
      [
        'There are too many instances: each uses up to 14 connections.',
        '`select application_name, count(*) from pg_stat_activity group by 1 order by 2 desc`',
        'Raise `max_connections` and restart PostgreSQL, or put PgBouncer in front of it.',
      ],
      [
        'Another program uses this PostgreSQL.',
        'The same statement shows names that do not begin with landfall.',
        'Limit its role: `alter role <name> connection limit 20`.',
      ],
    ],
  },
  DatabaseNearLimit: {
    effect:
      'None yet. If the disk fills up, webhook calls are answered 503, and purchases and commands fail until there is room.',
    causes: [
      [
        'The installation has grown.',
        '`landfall_database_size_bytes` has risen for weeks. `select schemaname, sum(pg_total_relation_size(relid)) from pg_stat_user_tables group by 1 order by 2 desc` shows which service has the data.',
        'Enlarge the disk, then raise `DATABASE_ROOM_BYTES` of the gateway and restart it.',
      ],
      [
        'Data is kept longer than you need it.',
        'Compare the retention settings of each service with what you must keep.',
        'Shorten them and restart the services. PostgreSQL reuses the space; the database does not shrink.',
      ],
    ],
  },
  ReplicaBehind: {
    effect:
      'None yet. A failover to this replica would lose what it has not received, and the log that is kept for it can fill the disk of the primary.',
    causes: [
      [
        'The replica has stopped, or cannot reach the primary.',
        '`select slot_name, active, wal_status from pg_replication_slots`: `active` is false.',
        'Start it, or let it reach port 5432 of the primary. It then catches up.',
      ],
      [
        'The replica was removed, but its slot was not.',
        '`active` is false, and no server or subscription uses the name.',
        "`select pg_drop_replication_slot('<name>')`",
      ],
      [
        'The replica is too slow.',
        '`active` is true, and the metric keeps growing.',
        'Give it as much CPU and as fast a disk as the primary has. `alter system set max_slot_wal_keep_size to 20000` (megabytes), then `select pg_reload_conf()`, protects the disk of the primary; a replica that falls further behind must then be rebuilt.',
      ],
    ],
  },
  StreamNearLimit: {
    effect:
      'None yet. At the limit, nothing more can be published until old messages expire; facts then wait in PostgreSQL.',
    causes: [
      [
        'The stream is too small for the load: it keeps seven days of facts.',
        '`landfall_stream_bytes` has grown steadily for days.',
        'Raise `NATS_MAX_BYTES` and restart the services, if the disks of NATS have room.',
      ],
      [
        'A burst of events filled it.',
        '`landfall_stream_bytes` rises suddenly.',
        'Wait: it empties within seven days. Look for the cause of the burst in `landfall audit list`.',
      ],
    ],
  },
  StreamReplicasMissing: {
    effect:
      'None yet. If a second node stops, nothing can be published until one is back; facts wait in PostgreSQL.',
    causes: [
      [
        'A node has stopped.',
        '`curl http://<node>:8222/healthz` of each node.',
        'Start it. It fetches what it missed.',
      ],
      [
        'A node is back with an empty or damaged store.',
        'Its log has lines with `JetStream`, and `curl http://<node>:8222/jsz` shows fewer streams.',
        'Stop it, empty its store folder, and start it. It fetches everything from the others.',
      ],
      [
        'The nodes cannot reach each other.',
        '`curl http://<node>:8222/routez` shows fewer than two routes to other nodes.',
        'Open the cluster port between the nodes (6222 unless you changed it).',
      ],
    ],
  },
  TlsCertificateExpiring: {
    effect: 'None yet. When it expires, Microsoft and browsers refuse the connection.',
    causes: [
      [
        'The automatic renewal fails.',
        'Read the log of the TLS proxy, of certbot or of cert-manager (`kubectl describe certificate`).',
        'Usually port 80 is closed or a DNS record has changed. Fix that, and renew.',
      ],
      [
        'The renewed certificate was not loaded.',
        'The file on the proxy is newer than the certificate that browsers show.',
        'Reload the proxy.',
      ],
    ],
  },
  TlsCertificateEnding: {
    effect:
      'Once it has expired, Microsoft cannot call the webhook, and no buyer can open the landing page. Microsoft repeats its calls for eight hours.',
    causes: [
      [
        'The renewal has failed for weeks.',
        '`openssl s_client -connect <host>:443 -servername <host> </dev/null` shows the dates.',
        'Renew today, by hand if necessary, and reload the proxy. See TlsCertificateExpiring for the causes.',
      ],
    ],
  },
  BackupOld: {
    effect:
      'None, unless PostgreSQL is lost. Then everything since the last backup is lost, except what Microsoft also knows.',
    causes: [
      [
        'The backup job fails or does not run.',
        "Read the job's log.",
        'Fix the job, and run it now.',
      ],
      [
        'The job runs, but does not report.',
        '`landfall doctor`, check `backups.age`, has the last reported backup.',
        'Make the job call `backups.record` with a key that has the scope `health:write`.',
      ],
    ],
  },
};
