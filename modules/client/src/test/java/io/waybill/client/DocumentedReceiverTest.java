package io.waybill.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The receiver and the shell lines of the documentation, run as they stand there. */
class DocumentedReceiverTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Path HERE =
      Path.of("src/test/java/io/waybill/client/DocumentedReceiverTest.java");
  private static final Path GUIDE = Path.of("../../docs/guide/verify-a-webhook.md");
  private static final Path VERIFIER =
      Path.of("src/main/java/io/waybill/client/WebhookVerifier.java");

  @TempDir Path folder;
  private final List<String> handled = new ArrayList<>();
  private final HttpServer server = server();

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void handle(byte[] body) {
    handled.add(new String(body, StandardCharsets.UTF_8));
  }

  private void documented() {
    // example
    WebhookVerifier verifier = WebhookVerifier.of(SECRET);
    WebhookDeduplicator seen = new WebhookDeduplicator(Duration.ofHours(24), 100_000);
    server.createContext(
        "/hook",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          int status = 204;
          try {
            VerifiedWebhook webhook = verifier.verify(exchange.getRequestHeaders()::getFirst, body);
            if (seen.isFirst(webhook.id())) handle(body);
          } catch (WebhookVerificationException e) {
            status = 401;
          }
          exchange.sendResponseHeaders(status, -1);
        });
    // end of example
  }

  @Test
  void theExampleOfJavadocAndGuideIsTheOneThatRunsHere() throws Exception {
    String here = between(Files.readString(HERE), "// example\n", "// end of example");
    String javadoc = between(Files.readString(VERIFIER), "<pre>{@code\n", "}</pre>");
    String guide = between(Files.readString(GUIDE), "```java\n", "```");

    String running = bare(here.replace("(SECRET)", "(System.getenv(\"WAYBILL_SIGNING_SECRET\"))"));
    assertThat(bare(javadoc.replaceAll("(?m)^ \\*", ""))).isEqualTo(running);
    assertThat(bare(guide)).isEqualTo(running);
  }

  @Test
  void theExampleTakesWhatIsSignedOnceAndNothingElse() throws Exception {
    documented();
    server.start();
    String body = "{\"n\":1.10}";
    long now = Instant.now().getEpochSecond();

    assertThat(send("msg-1", now, body, signature("msg-1", now, body))).isEqualTo(204);
    assertThat(send("msg-1", now, body, signature("msg-1", now, body))).isEqualTo(204);
    assertThat(send("msg-2", now, body, signature("msg-1", now, body))).isEqualTo(401);
    assertThat(send("msg-3", now - 400, body, signature("msg-3", now - 400, body))).isEqualTo(401);
    assertThat(handled).containsExactly(body);
  }

  @Test
  void theShellLinesOfTheGuideVerify() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(each -> Files.isExecutable(Path.of(each, "openssl"))),
        "openssl is not on the PATH");
    Matcher blocks =
        Pattern.compile("^```sh\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(Files.readString(GUIDE));
    String script = blocks.results().map(block -> block.group(1)).collect(Collectors.joining());

    String said = run(script);
    assertThat(said)
        .contains("the body is what was signed")
        .contains("Signature Verified Successfully");

    String altered = run(script.replace("{\"test\": 2432232314}", "{\"test\": 2432232315}"));
    assertThat(altered)
        .doesNotContain("the body is what was signed")
        .doesNotContain("Signature Verified Successfully");
  }

  private String run(String script) throws Exception {
    Process shell =
        new ProcessBuilder("sh", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  private int send(String id, long seconds, String body, String signature) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook"))
            .header("webhook-id", id)
            .header("webhook-timestamp", Long.toString(seconds))
            .header("webhook-signature", signature)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  private static String signature(String id, long seconds, String body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] key = Base64.getDecoder().decode(SECRET.substring("whsec_".length()));
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    byte[] content = (id + "." + seconds + "." + body).getBytes(StandardCharsets.UTF_8);
    return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(content));
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }

  /** Without what a formatter may change. */
  private static String bare(String code) {
    return code.replaceAll("\\s+", "");
  }
}
