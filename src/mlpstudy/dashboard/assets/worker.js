// Shared by all tabs of the dashboard: one connection a study, however many tabs show it.
import { Stream } from "./connection.js";

const streams = new Map(); // address -> { stream, ports }

function listen(port, url) {
  bye(port);
  let entry = streams.get(url);
  if (!entry) {
    const ports = new Set();
    const tell = (message) => {
      for (const each of ports) each.postMessage(message);
    };
    entry = { ports, stream: new Stream(url, tell).start() };
    streams.set(url, entry);
  }
  for (const message of entry.stream.catchUp()) port.postMessage(message);
  entry.ports.add(port);
}

function bye(port) {
  for (const [url, { stream, ports }] of streams) {
    if (ports.delete(port) && ports.size === 0) {
      stream.close();
      streams.delete(url);
    }
  }
}

globalThis.onconnect = (event) => {
  const [port] = event.ports;
  port.onmessage = ({ data }) => (data.bye ? bye(port) : listen(port, data.listen));
};
