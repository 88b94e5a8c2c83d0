package io.waybill.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.app.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class JsonLinesTest {
  private final ObjectMapper json = new ObjectMapper();

  @Test
  void anEventIsOneObjectOnOneLineWithItsKeysBesideTheMessage() throws Exception {
    List<String> lines =
        logged(log ->
            log.atWarn()
                .addKeyValue("taskId", "t-1")
                .addKeyValue("partition", 3)
                .addKeyValue("offset", 9_007_199_254_740_993L)
                .addKeyValue("problem", "two\nlines \"quoted\"")
                .addKeyValue("type", (Object) null)
                .setCause(new IllegalStateException("because"))
                .log("breaker opened"));

    assertThat(lines).hasSize(1);
    JsonNode event = json.readTree(lines.getFirst());
    assertThat(event.propertyStream().map(java.util.Map.Entry::getKey))
        .containsExactly(
            "time",
            "level",
            "logger",
            "thread",
            "message",
            "taskId",
            "partition",
            "offset",
            "problem",
            "type",
            "exception");
    assertThat(Instant.parse(event.get("time").textValue())).isBefore(Instant.now().plusSeconds(1));
    assertThat(event.get("level").textValue()).isEqualTo("WARN");
    assertThat(event.get("logger").textValue()).isEqualTo("io.waybill.sender.Lanes");
    assertThat(event.get("message").textValue()).isEqualTo("breaker opened");
    assertThat(event.get("taskId").textValue()).isEqualTo("t-1");
    assertThat(event.get("partition").intValue()).isEqualTo(3);
    assertThat(event.get("offset").longValue()).isEqualTo(9_007_199_254_740_993L);
    assertThat(event.get("problem").textValue()).isEqualTo("two\nlines \"quoted\"");
    assertThat(event.get("type").isNull()).isTrue();
    assertThat(event.get("exception").textValue())
        .startsWith("java.lang.IllegalStateException: because")
        .contains("JsonLinesTest");
  }

  @Test
  void keysThatAreTakenAreKeptApart() throws Exception {
    List<String> lines =
        logged(log ->
            log.atError()
                .addKeyValue("level", "mine")
                .addKeyValue("topic", "one")
                .addKeyValue("topic", "two")
                .log("x"));

    JsonNode event = json.readTree(lines.getFirst());
    assertThat(event.get("level").textValue()).isEqualTo("ERROR");
    assertThat(event.get("level_").textValue()).isEqualTo("mine");
    assertThat(event.get("topic").textValue()).isEqualTo("one");
    assertThat(event.get("topic_").textValue()).isEqualTo("two");
  }

  /** With the configuration that is shipped. */
  private static List<String> logged(Consumer<Logger> logging) throws Exception {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    PrintStream before = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      configurator.doConfigure(Objects.requireNonNull(Main.class.getResource("/logback.xml")));
      LogFormat.writeJson(context);
      logging.accept(context.getLogger("io.waybill.sender.Lanes"));
    } finally {
      System.setErr(before);
      context.stop();
    }
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
