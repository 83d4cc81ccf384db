import {el} from './dom.js';
import {count, number} from './words.js';
import {matches} from './data.js';

const FIRST = 60; // rows that are there at once
const MORE = 200; // and with each step down

// A table of many rows that can be searched, filtered and sorted. Rows are made as the reader comes to them, so that
// thousands of them cost nothing before.
//
//   columns    [{label, className, by(row) -> what to sort by}]
//   row        (row) -> <tr>; its first link is what the keyboard moves over
//   text       (row) -> what a search looks through, in lower case
//   groups     [{label, rows: Set-like test (row) -> bool, tone}] to filter by; `isOn` as it is at first
export class Listing {
  constructor({caption, noun, columns, rows, row, text, groups}) {
    Object.assign(this, {noun, columns, rows, row, text, groups});
    this.query = [];
    this.chosen = null; // a group
    this.order = null; // {column, down}
    this.made = new Map(); // row -> <tr>
    this.body = el('tbody');
    this.heads = columns.map((column, place) => this.headOf(column, place));
    this.status = el('p', {class: 'status', role: 'status'});
    this.more = el('button', {type: 'button', class: 'more', click: () => this.show(MORE)});
    this.chips = groups.map((group) =>
      el(
        'button',
        {type: 'button', class: `chip ${group.tone}`, 'aria-pressed': 'false', click: () => this.choose(group)},
        `${group.label} `,
        el('b', {}, number(rows.filter(group.test).length)),
      ),
    );
    this.node = el(
      'div',
      {class: 'listing'},
      el(
        'div',
        {class: 'tools'},
        el('div', {class: 'chips', role: 'group', 'aria-label': `Which ${caption}`}, this.chips),
        this.status,
      ),
      (this.box = el(
        'div',
        {class: 'scroll'},
        el('table', {}, el('caption', {class: 'hidden'}, caption), el('thead', {}, el('tr', {}, this.heads)), this.body),
        this.more,
      )),
    );
    this.box.addEventListener(
      'scroll',
      () => {
        if (this.box.scrollTop + this.box.clientHeight * 2 > this.box.scrollHeight) this.show(MORE);
      },
      {passive: true},
    );
    this.update();
  }

  headOf(column, place) {
    if (!column.by) return el('th', {scope: 'col', class: column.className}, column.label);
    return el(
      'th',
      {scope: 'col', class: column.className},
      el('button', {type: 'button', class: 'sort', click: () => this.sortBy(place)}, column.label),
    );
  }

  // A second time: the other way round; a third time: as it was.
  sortBy(place) {
    const old = this.order;
    if (!old || old.place !== place) this.order = {place, down: this.columns[place].downFirst === true};
    else if (old.down === (this.columns[place].downFirst === true)) this.order = {place, down: !old.down};
    else this.order = null;
    for (const [at, head] of this.heads.entries()) {
      if (this.order && at === place) head.setAttribute('aria-sort', this.order.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
    this.update();
  }

  choose(group) {
    this.chosen = this.chosen === group ? null : group;
    for (const [at, chip] of this.chips.entries())
      chip.setAttribute('aria-pressed', String(this.groups[at] === this.chosen));
    this.update();
  }

  search(query) {
    this.query = query;
    this.update();
  }

  update() {
    this.found = this.rows.filter((row) => (!this.chosen || this.chosen.test(row)) && matches(this.text(row), this.query));
    if (this.order) {
      const {by} = this.columns[this.order.place];
      const sign = this.order.down ? -1 : 1;
      const keys = new Map(this.found.map((row) => [row, by(row)]));
      this.found.sort((a, b) => sign * (keys.get(a) < keys.get(b) ? -1 : keys.get(a) > keys.get(b) ? 1 : 0));
    }
    this.shown = 0;
    this.body.replaceChildren();
    this.box.scrollTop = 0;
    this.show(FIRST);
    const all = this.rows.length;
    this.status.textContent =
      this.found.length === all ? count(all, this.noun) : `${number(this.found.length)} of ${count(all, this.noun)}`;
    this.onChange?.(this.found);
  }

  show(most) {
    const next = this.found.slice(this.shown, this.shown + most);
    if (next.length === 0 && this.shown > 0) return;
    for (const row of next) if (!this.made.has(row)) this.made.set(row, this.row(row));
    this.body.append(...next.map((row) => this.made.get(row)));
    this.shown += next.length;
    const rest = this.found.length - this.shown;
    this.more.hidden = rest === 0;
    this.more.textContent = `Show ${number(Math.min(rest, MORE))} more of ${number(rest)}`;
  }

  // Makes the row be there, and gives it back; none: the search or the filter leaves it out.
  reveal(row) {
    const place = this.found.indexOf(row);
    if (place < 0) return undefined;
    if (place >= this.shown) this.show(place + 1 - this.shown);
    return this.made.get(row);
  }
}
