package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with a dead thread says so, and of which role. */
class HealthIT {
  private static final String POLL_THREAD = "waybill-sender-email";

  @TempDir private Path folder;
  private final ObjectMapper json = new ObjectMapper();

  @Tag("long")
  @Test
  void aDeadPollThreadIsNotHealthy() throws Exception {
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    try (EmbeddedDefault waybill =
        new EmbeddedDefault(folder, 0, 0, 0, List.of(), Sending.defaults())) {
      String http = waybill.start().endpoint().httpUrl();
      assertThat(ask(http, "/health/live", 200).get("status").textValue()).isEqualTo("up");
      assertThat(ask(http, "/health/ready", 200).get("roles").size())
          .isEqualTo(Role.values().length);

      // Of this process, not of another test's in the same JVM.
      Thread pollThread =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals(POLL_THREAD) && !others.contains(thread))
              .findFirst()
              .orElseThrow();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            // One interrupt it survives: its loop fails and begins anew after a pause.
            pollThread.interrupt();
            return !pollThread.isAlive();
          });

      for (String path : List.of("/health/live", "/health/ready")) {
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> {
              JsonNode health = ask(http, path, 503);
              assertThat(health.get("status").textValue()).isEqualTo("down");
              JsonNode dead = health.get("roles").get("sender-email");
              assertThat(dead.get("status").textValue()).isEqualTo("down");
              assertThat(dead.get("problems").toString())
                  .contains("the poll thread is not running");
              assertThat(health.get("roles").get("sender-webhook").toString())
                  .as("the others still work")
                  .isEqualTo("{\"status\":\"up\"}");
            });
      }
      Scrape metrics = Scrape.of(http);
      assertThat(metrics.sum("waybill_role_healthy", Map.of("role", "sender-email"))).isZero();
      assertThat(metrics.sum("waybill_role_healthy", Map.of("role", "timer"))).isEqualTo(1);
    }
  }

  private JsonNode ask(String http, String path, int status) throws Exception {
    HttpResponse<String> answer = Scrape.get(URI.create(http + path));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    return json.readTree(answer.body());
  }
}
