package io.waybill.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.app.cli.Commands;
import io.waybill.domain.AuditRecord;
import io.waybill.testkit.ChildJvm;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A {@code waybill up} in its own process, a receiver, and commands in theirs. What a test needs to
 * be there first is made by commands inside this process, which saves starting a JVM.
 */
final class CommandRig implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern READY =
      Pattern.compile("^ready kafka=(\\S+:\\d+) registry=(http://\\S+) http=(http://\\S+)$");
  private static final Duration STARTED = Duration.ofSeconds(180);
  private static final Duration STOPPED = Duration.ofSeconds(60);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path folder;
  private final HttpSink receiver = HttpSink.start();
  private final ChildJvm up;
  private final String kafka;
  private final String registry;
  private final String http;
  private final Codecs codecs;
  private int number;

  CommandRig(Path folder) {
    this.folder = folder;
    up =
        ChildJvm.start(
            ChildJvm.Launch.of(
                    Main.class,
                    folder.resolve("up.log"),
                    "up",
                    "--allow-cidr",
                    "127.0.0.0/8",
                    "--data-dir",
                    folder.resolve(".waybill").toString())
                .withJvmArguments("-Xmx1g"));
    try {
      Matcher ready = up.awaitLine(READY, STARTED);
      kafka = ready.group(1);
      registry = ready.group(2);
      http = ready.group(3);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", registry)));
  }

  /** What a command left behind. */
  record Ran(int exitCode, String out, String err) {
    /** Its output, which is one JSON document. */
    JsonNode json() {
      return json(out);
    }

    static JsonNode json(String text) {
      try {
        return MAPPER.readTree(text);
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + text, e);
      }
    }

    /** The same, when it must have succeeded. */
    Ran ok() {
      assertThat(exitCode).as(out + err).isZero();
      return this;
    }
  }

  /** A command that runs. */
  record Running(Process process, Path out, Path err) {
    boolean isDone() {
      return !process.isAlive();
    }

    Ran await() {
      try {
        if (!process.waitFor(SOON.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("still runs: " + Files.readString(out) + Files.readString(err));
        }
        return new Ran(
            process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** Runs a command in a process of its own, as a user in the folder of the running Waybill. */
  Ran run(String... arguments) {
    return start(arguments).await();
  }

  /** The same, without waiting for its end. */
  Running start(String... arguments) {
    return start(command(arguments));
  }

  /** Runs a command before a terminal, by {@code script} of util-linux. */
  Ran runOnTerminal(String... arguments) {
    String line =
        command(arguments).stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    return start(List.of("script", "--quiet", "--return", "--command", line, "/dev/null")).await();
  }

  private static List<String> command(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private Running start(List<String> command) {
    Path out = folder.resolve("command-" + ++number + ".out");
    Path err = folder.resolve("command-" + number + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("JAVA_"));
    try {
      return new Running(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command that talks to Kafka inside this process. */
  Ran inProcess(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data-dir", folder.resolve(".waybill").toString()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Commands.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    return new Ran(exitCode, out.toString(), err.toString());
  }

  /** What must be there first; gives back what was printed. */
  String given(String... arguments) {
    return inProcess(arguments).ok().out().strip();
  }

  /** A file in the working folder. */
  String file(String name, String content) {
    try {
      return Files.writeString(folder.resolve(name), content).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The definition of a webhook, whose receiver is asked at {@code /LABEL}. */
  String destinationFile(String organization, String label) {
    return file(
        "destination-" + label + ".json",
        """
        {"organizationId": "%s", "label": "%s", "type": "webhook",
         "config": {"webhook": {"url": "%s", "headers": {"Authorization": "Bearer s3cr3t"},
           "signing": {},
           "retryConfig": {"maxRetries": 1, "backoffMultiplier": 1, "maxBackoffDelay": 1000}}}}
        """
            .formatted(organization, label, receiver.uri("/" + label)));
  }

  /** A webhook; its id. */
  String destination(String organization, String label) {
    return given("destinations", "apply", "-o", "id", "-f", destinationFile(organization, label));
  }

  /** A request for one destination. */
  String requestFile(String organization, String destination, String options) {
    return file(
        "request-" + destination + ".json",
        """
        {"organizationId": "%s", "destinations": ["%s"],
         "payload": {"type": "report", "data": {"n": 1.10}}, "options": {%s}}
        """
            .formatted(organization, destination, options));
  }

  /** A delivery that has ended, well or not; its id. */
  String ended(String organization, String destination) {
    return inProcess("deliver", "--wait", "-f", requestFile(organization, destination, ""))
        .out()
        .strip();
  }

  /** The destination as {@code destinations get} shows it. */
  JsonNode shown(String destination) {
    return Ran.json(given("destinations", "get", destination));
  }

  /** The audit trail. */
  List<AuditRecord> audits() {
    return TopicReader.readAll(kafka, Topics.AUDIT).stream()
        .map(record -> {
          try {
            return codecs.audits().decode(record.value());
          } catch (UndecodableException e) {
            throw new AssertionError(e);
          }
        })
        .toList();
  }

  HttpSink receiver() {
    return receiver;
  }

  Path folder() {
    return folder;
  }

  String kafka() {
    return kafka;
  }

  String registry() {
    return registry;
  }

  String http() {
    return http;
  }

  Codecs codecs() {
    return codecs;
  }

  @Override
  public void close() {
    try {
      if (up.isAlive()) {
        up.terminate(STOPPED);
      }
    } finally {
      up.close();
      receiver.close();
    }
  }
}
