// A webhook receiver to try things with. It prints one line for each request (time, status, path, webhook-id, body)
// and answers 200, or what the end of the path says:
//   /status/NNN   that status
//   /busy         503 with "Retry-After: 2" the first time that a webhook-id comes, then 200
//   /held         a body with the word "hold" in it waits for five minutes the first time that it comes
//
// It needs a JDK 25 and nothing else: "$(bin/find-jdk)/bin/java" docs/guide/Receiver.java 9000

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

final Set<String> seen = ConcurrentHashMap.newKeySet();

void main(String[] arguments) throws IOException {
  int port = arguments.length == 0 ? 9000 : Integer.parseInt(arguments[0]);
  HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
  server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
  server.createContext("/", this::receive);
  server.start();
  IO.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
}

void receive(HttpExchange exchange) throws IOException {
  try (exchange) {
    String path = exchange.getRequestURI().getPath();
    String id = Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("webhook-id"), "-");
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean isFirst = seen.add(path + " " + id);
    int status = 200;
    if (path.matches(".*/status/[2-5][0-9][0-9]")) {
      status = Integer.parseInt(path.substring(path.length() - 3));
    }
    if (path.endsWith("/busy") && isFirst) {
      status = 503;
      exchange.getResponseHeaders().set("Retry-After", "2");
    }
    IO.println(Instant.now() + " " + status + " " + path + " " + id + " " + body.replaceAll("\\s+", " "));
    if (path.endsWith("/held") && isFirst && body.contains("hold")) {
      pause();
    }
    exchange.sendResponseHeaders(status, -1);
  }
}

void pause() {
  try {
    Thread.sleep(Duration.ofMinutes(5));
  } catch (InterruptedException e) {
    Thread.currentThread().interrupt();
  }
}
