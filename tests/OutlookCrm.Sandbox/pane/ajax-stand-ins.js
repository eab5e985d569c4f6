// office.js waits for a few globals of the old Microsoft AJAX library, which it otherwise downloads from a second network
// and which the npm package does not contain. These stand-ins are our own.
(() => {
  if (window.Sys) {
    return;
  }

  const failure = (name) => (parameter, message) =>
    Object.assign(new Error(`${name}: ${message ?? parameter ?? ''}`), { name });
  Error.argument ??= failure('Sys.ArgumentException');
  Error.parameterCount ??= failure('Sys.ParameterCountException');
  Function._validateParams = () => null; // null: the arguments are fine
  Function._validateParameter = () => null;

  window.Type = Function;
  Type.registerNamespace = (name) => name.split('.').reduce((parent, part) => (parent[part] ??= {}), window);
  Type.registerClass = () => {};
  Type.prototype.registerClass = () => {};

  window.Sys = {
    StringBuilder: class {
      #parts = [];
      constructor(text = '') { this.#parts.push(text); }
      append(text) { this.#parts.push(text); return this; }
      toString() { return this.#parts.join(''); }
    },
    Serialization: { JavaScriptSerializer: { serialize: JSON.stringify, deserialize: JSON.parse } },
    Debug: { trace: (message) => console.debug('office.js:', message) },
    Browser: { agent: {}, InternetExplorer: {} },
  };
})();
