// The report, as src/report/html_data.cc wrote it into the page.

export const data = JSON.parse(document.getElementById('data').textContent);

export const tasks = data.tasks;
const SEVERITIES = ['error', 'warning', 'note'];
// What counts first, and of that the worst.
const rankOf = (finding) => (finding.mark ? SEVERITIES.length : 0) + SEVERITIES.indexOf(finding.severity);
export const findings = (data.findings?.list ?? []).sort((a, b) => rankOf(a) - rankOf(b));

// Ids need not be unique in what is not trusted: the first keeps the name.
const places = new Map();
for (const [place, task] of tasks.entries()) {
  task.place = place;
  task.title ??= task.id;
  task.reason ??= '';
  task.priority ??= 'normal';
  task.neededBy = [];
  task.took = task.attempts.reduce((sum, attempt) => sum + (attempt.end === undefined ? 0 : attempt.end - attempt.start), 0);
  if (!places.has(task.id)) places.set(task.id, place);
}
for (const task of tasks) for (const need of task.needs) tasks[need].neededBy.push(task.place);

export const taskOf = (id) => (places.has(id) ? tasks[places.get(id)] : undefined);
export const lastAttempt = (task) => task.attempts[task.attempts.length - 1];

export const agentsOf = (task) => [
  ...new Set(task.attempts.flatMap((attempt) => (attempt.agent ? [attempt.agent.name] : []))),
];

// What a search looks through, made when it is first asked for.
export function textOf(task) {
  if (task.text === undefined) {
    const parts = [task.id, task.title, task.kind, task.state, task.reason, task.description, ...(task.implements ?? [])];
    for (const attempt of task.attempts) {
      parts.push(attempt.verdict, attempt.reason, attempt.summary, attempt.head, attempt.tail, ...(attempt.paths ?? []));
      for (const program of attempt.programs ?? []) parts.push(program[0]);
      if (attempt.agent) parts.push(attempt.agent.name, attempt.agent.model, attempt.agent.failure);
    }
    task.text = parts.filter(Boolean).join('\n').toLowerCase();
  }
  return task.text;
}

export function ruleOf(finding) {
  return data.findings.rules[finding.rule];
}

export function textOfFinding(finding) {
  if (finding.text === undefined) {
    const rule = ruleOf(finding);
    const steps = (finding.flow ?? []).flatMap((step) => [step.path, step.what]);
    finding.text = [
      rule.id,
      rule.tool,
      finding.message ?? rule.message,
      finding.path,
      finding.symbol,
      finding.excerpt,
      finding.severity,
      finding.mark,
      ...(rule.cwe ?? []),
      ...steps,
    ]
      .filter(Boolean)
      .join('\n')
      .toLowerCase();
  }
  return finding.text;
}

// Every word, in any order.
export function matches(text, query) {
  return query.every((word) => text.includes(word));
}
export const wordsOf = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);
