// What the scripts of a page find: its namespace, and as much of a document as they touch when they begin.
export class Element {
  constructor(tag) {
    this.tag = tag;
    this.attributes = {};
    this.children = [];
    this.dataset = {};
    this.listeners = {};
    this.style = {
      setProperty: (name, value) => {
        this.style[name.slice(2)] = value;
      },
    };
  }

  get childNodes() {
    return this.children;
  }

  setAttribute(name, value) {
    this.attributes[name] = String(value);
    if (name.startsWith("data-")) this.dataset[name.slice(5)] = String(value);
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  removeAttribute(name) {
    delete this.attributes[name];
  }

  append(...children) {
    for (const child of children) {
      this.children = this.children.filter((other) => other !== child);
      this.children.push(child);
    }
  }

  replaceChildren(...children) {
    this.children = children;
  }

  addEventListener(name, act) {
    this.listeners[name] = act;
  }

  focus() {
    document.activeElement = this;
  }

  // Everything below it that has a tag.
  all(tag) {
    const inner = this.children.filter((child) => child instanceof Element);
    return inner.flatMap((child) => [...(child.tag === tag ? [child] : []), ...child.all(tag)]);
  }

  get textContent() {
    return this.children.map((child) => child.textContent ?? child).join("");
  }

  set textContent(text) {
    this.children = [text];
  }
}

globalThis.mlpstudy = {};
globalThis.document = {
  addEventListener() {
    // Clicks on the page are for tests in a browser.
  },
  createElement: (tag) => new Element(tag),
  createElementNS: (_, tag) => new Element(tag),
  querySelectorAll: () => [],
};
