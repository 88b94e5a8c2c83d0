package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryId;
import io.waybill.testkit.Answer;
import io.waybill.testkit.ChildJvm;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code waybill up} and the commands that find it, each as its own process, as a user has them.
 */
class UpIT {
  private static final Pattern READY =
      Pattern.compile("^ready kafka=(\\S+:\\d+) registry=(http://\\S+) http=(http://\\S+)$");
  private static final Duration STARTED = Duration.ofSeconds(180);
  private static final Duration DONE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private int number;

  @Tag("long")
  @Test
  void keepsEveryDeliveryOverASigtermAndASigkill() throws Exception {
    try (HttpSink receiver = HttpSink.start()) {
      receiver.script("/siem", Answer.status(500), Answer.status(500));
      receiver.always("/slow", Answer.status(503));
      Path request;
      String id;
      String slow;
      try (ChildJvm up = up()) {
        Matcher ready = up.awaitLine(READY, STARTED);
        assertThat(get(ready.group(3) + "/health/ready"))
            .contains("\"fan-out\":{\"status\":\"up\"}");
        String siem =
            command("destinations", "apply", "-o", "id", "-f", destination(receiver, "/siem"));
        slow = command("destinations", "apply", "-o", "id", "-f", destination(receiver, "/slow"));
        request = request(siem);
        id = command("deliver", "-f", request.toString());
        assertThat(DeliveryId.parse(id)).isPresent();
        // Stopped while the delivery is being retried.
        receiver.awaitRequests("/siem", 1, DONE);
        assertThat(up.terminate(Duration.ofSeconds(30))).isIn(0, 143);
      }
      String pending;
      try (ChildJvm up = up()) {
        up.awaitLine(READY, STARTED);
        assertThat(command("status", id, "--watch")).contains("completed");
        assertThat(receiver.requests("/siem")).hasSize(3);
        pending = command("deliver", "-f", request(slow).toString());
        receiver.awaitRequests("/slow", 2, DONE);
        up.kill();
      }
      receiver.always("/slow", Answer.status(200));
      try (ChildJvm up = up()) {
        up.awaitLine(READY, STARTED);
        assertThat(command("status", pending, "--watch")).contains("completed");
        // The first delivery still stands there, and its key is still known.
        assertThat(command("status", id)).contains("completed");
        String again = command("deliver", "-f", request.toString());
        assertThat(command("status", again, "--watch")).contains("duplicate");
        assertThat(receiver.requests("/siem")).hasSize(3);
        assertThat(receiver.requests("/slow"))
            .extracting(r -> r.header("webhook-id").orElseThrow())
            .as("one id over all attempts and restarts")
            .containsOnly(receiver.requests("/slow").get(0).header("webhook-id").orElseThrow());
        assertThat(receiver.requests("/siem"))
            .extracting(ReceivedRequest::bodyText)
            .containsOnly("{\"reportId\": \"daily-1\", \"n\": 9007199254740993}");
      }
    }
  }

  @Test
  void saysWhichPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ChildJvm up = run("up", "--kafka-port", Integer.toString(taken.getLocalPort()))) {
      assertThat(up.awaitExit(STARTED)).isEqualTo(1);
      assertThat(String.join("\n", up.lines()))
          .contains(Integer.toString(taken.getLocalPort()))
          .doesNotContain("\tat ");
    }
  }

  @Test
  void refusesASecondProcessOnTheSameFolder() {
    try (ChildJvm up = up()) {
      up.awaitLine(READY, STARTED);
      try (ChildJvm second = run("up")) {
        assertThat(second.awaitExit(STARTED)).isEqualTo(1);
        assertThat(String.join("\n", second.lines()))
            .contains("is using the folder")
            .doesNotContain("\tat ");
      }
      // The first one has not lost its endpoint file to the second.
      assertThat(command("destinations", "list")).isNotNull();
    }
  }

  private ChildJvm up() {
    return run("up", "--allow-cidr", "127.0.0.0/8");
  }

  /** A command that must succeed; gives back what it printed. */
  private String command(String... arguments) {
    try (ChildJvm command = run(arguments)) {
      int exit = command.awaitExit(DONE);
      String output = command.lines().stream().collect(Collectors.joining("\n"));
      assertThat(exit).as(output).isZero();
      return output.strip();
    }
  }

  private ChildJvm run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--data-dir");
    all.add(folder.resolve("data").toString());
    return ChildJvm.start(
        ChildJvm.Launch.of(
                Main.class,
                folder.resolve("output-" + number++ + ".log"),
                all.toArray(String[]::new))
            .withJvmArguments("-Xmx1g"));
  }

  private String destination(HttpSink receiver, String path) throws IOException {
    Path file = folder.resolve("destination" + path.replace('/', '-') + ".json");
    Files.writeString(
        file,
        """
        {"organizationId": "hospital-001", "label": "Receiver %s", "type": "webhook",
         "config": {"webhook": {"url": "%s", "headers": {"Authorization": "Bearer abc-123"},
           "timeout": 5000,
           "retryConfig": {"maxRetries": 20, "backoffMultiplier": 1.5, "maxBackoffDelay": 2000}}}}
        """
            .formatted(path, receiver.uri(path)));
    return file.toString();
  }

  private Path request(String destination) throws IOException {
    Path file = folder.resolve("request-" + destination + ".json");
    Files.writeString(
        file,
        """
        {"organizationId": "hospital-001", "destinations": ["%s"],
         "payload": {"type": "report", "data": {"reportId": "daily-1", "n": 9007199254740993}},
         "options": {"idempotencyKey": "daily-1-%s"}}
        """
            .formatted(destination, destination));
    return file;
  }

  private static String get(String url) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
