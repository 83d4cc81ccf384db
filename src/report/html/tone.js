// A state, verdict or severity, as one of the few colours of the page.
export function tone(word) {
  switch (word) {
    case 'done':
    case 'finished':
    case 'completed':
    case 'passed':
      return 'good';
    case 'failed':
    case 'timed-out':
    case 'no-change':
    case 'blocked':
    case 'error':
    case 'aborted':
      return 'bad';
    case 'running':
    case 'in-progress':
    case 'note':
      return 'busy';
    case 'asking':
    case 'backing-off':
    case 'stopped':
    case 'warning':
    case 'interrupted':
      return 'warn';
    default:
      return 'idle';
  }
}
