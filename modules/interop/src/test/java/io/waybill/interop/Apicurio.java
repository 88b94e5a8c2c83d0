package io.waybill.interop;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Apicurio registry as a process of its own, in memory, on free loopback ports. Its output is
 * kept in {@code target/} and named when it does not start.
 */
final class Apicurio implements AutoCloseable {
  private static final Pattern LISTENING =
      Pattern.compile("Listening on: http://127\\.0\\.0\\.1:(\\d+)");
  private static final Duration START = Duration.ofSeconds(120);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final Process process;
  private final Thread atExit;
  private final String url;

  private Apicurio(Process process, Path log) {
    this.process = process;
    // A test run that is interrupted leaves no server behind.
    atExit = new Thread(process::destroyForcibly, "apicurio-at-exit");
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      url = ready(log);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Starts one and waits until it answers. Fails when it is not unpacked or does not come up. */
  static Apicurio start() {
    Path home = Path.of(System.getProperty("waybill.interop.apicurio"));
    if (!Files.isRegularFile(home.resolve("quarkus-run.jar"))) {
      throw new IllegalStateException(
          "no Apicurio registry in "
              + home
              + "; Maven unpacks it there before integration tests: bin/verify --full");
    }
    try {
      Path log =
          Files.createTempFile(
              Path.of(System.getProperty("waybill.interop.work")), "apicurio-", ".log");
      Process process =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-Xmx512m",
                      // Port 0: the system chooses, so that nobody can take it in between.
                      "-Dquarkus.http.host=127.0.0.1",
                      "-Dquarkus.http.port=0",
                      "-Dquarkus.management.host=127.0.0.1",
                      "-Dquarkus.management.port=0",
                      "-Dapicurio.storage.kind=sql",
                      "-jar",
                      "quarkus-run.jar"))
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return new Apicurio(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("Apicurio cannot be started", e);
    }
  }

  /** Where it speaks Confluent's REST API. */
  String url() {
    return url;
  }

  /** Ends the process and waits for its end. Closing twice does nothing. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private String ready(Path log) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return await("the Apicurio registry to be ready, see " + log)
          .atMost(START)
          .pollInterval(Duration.ofMillis(100))
          .failFast(
              "the Apicurio registry ended while starting, see " + log, () -> !process.isAlive())
          .until(() -> answering(client, log), Optional::isPresent)
          .orElseThrow();
    }
  }

  private static Optional<String> answering(HttpClient client, Path log)
      throws IOException, InterruptedException {
    Matcher listening = LISTENING.matcher(Files.readString(log));
    if (!listening.find()) {
      return Optional.empty();
    }
    String url = "http://127.0.0.1:" + listening.group(1) + "/apis/ccompat/v7";
    HttpRequest subjects =
        HttpRequest.newBuilder(URI.create(url + "/subjects")).timeout(STOP).build();
    int status = client.send(subjects, HttpResponse.BodyHandlers.discarding()).statusCode();
    return status == 200 ? Optional.of(url) : Optional.empty();
  }
}
