// The health check of the image, which has no shell and no curl: exit code 0 if the service in this container is alive.
const url = `http://127.0.0.1:${process.env['HTTP_PORT'] ?? 8080}/healthz`;
const isAlive = await fetch(url).then(
  ({ ok }) => ok,
  () => false,
);
process.exitCode = isAlive ? 0 : 1;
