// All that is shown is made here. Text only ever becomes text: nothing of the report is parsed as HTML.

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(
    ...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false && child !== ''),
  );
  return node;
}

// A function among the attributes listens for the event of that name.
export function el(name, attributes = {}, ...children) {
  return build(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return build(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

export const byId = (id) => document.getElementById(id);

// Shows a section of the page, which is hidden as long as it has nothing to say.
export function fill(id, ...children) {
  const section = byId(id);
  section.append(...children.flat(Infinity).filter(Boolean));
  section.hidden = false;
  return section;
}

// A share of a whole, as a bar. The policy of the page allows no style attribute, but a script may set one.
export function meter(share, className) {
  const bar = el('span', {class: `fill ${className}`});
  bar.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return el('span', {class: 'meter', 'aria-hidden': 'true'}, bar);
}

export const code = (text, className = '') => el('code', {class: className}, text);

// Puts something off until the browser has painted and has nothing better to do.
export function later(work) {
  if ('requestIdleCallback' in window) requestIdleCallback(work, {timeout: 500});
  else setTimeout(work, 50);
}

// Calls once, when the element comes near to what is seen.
export function whenNear(element, work) {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      work();
    },
    {rootMargin: '600px'},
  );
  observer.observe(element);
}
