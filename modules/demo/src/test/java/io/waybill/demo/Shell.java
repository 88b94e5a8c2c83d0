package io.waybill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A folder with a {@code bin/waybill} in it that runs the built jars, Kafka's own tools beside it,
 * and a shell to use them.
 */
final class Shell {
  private static final String JVM =
      " -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
          + " --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow";

  private final Path folder;

  Shell(Path folder) throws IOException {
    this.folder = folder;
    // Not the project's own script, which would build; the java line is the same.
    String lib = Path.of("target", "lib").toAbsolutePath() + "/*";
    command("waybill", "-Xmx1g", lib, "io.waybill.app.Main");
  }

  /** Puts Kafka's tools on the path of what is run here, as its distribution has them. */
  Shell withKafkaTools() throws IOException {
    String classPath = System.getProperty("java.class.path");
    Map.of(
            "kafka-consumer-groups.sh", "consumer.group.ConsumerGroupCommand",
            "kafka-console-consumer.sh", "consumer.ConsoleConsumer",
            "kafka-console-producer.sh", "ConsoleProducer",
            "kafka-topics.sh", "TopicCommand")
        .forEach(
            (name, tool) -> command(name, "-Xmx256m", classPath, "org.apache.kafka.tools." + tool));
    return this;
  }

  private void command(String name, String heap, String classPath, String main) {
    try {
      Path script = Files.createDirectories(folder.resolve("bin")).resolve(name);
      Files.writeString(
          script,
          "#!/usr/bin/env bash\nexec '"
              + java()
              + "' "
              + heap
              + JVM
              + " -cp '"
              + classPath
              + "' "
              + main
              + " \"$@\"\n");
      assertThat(script.toFile().setExecutable(true)).as("%s", script).isTrue();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** Starts a command of the folder; its output goes to a file of that name. */
  Process start(String name, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name).toFile());
    builder.environment().putAll(environment);
    builder
        .environment()
        .merge(
            "PATH",
            folder.resolve("bin").toString(),
            (path, bin) -> bin + File.pathSeparator + path);
    return builder.start();
  }

  /**
   * Runs pages one after the other in one shell.
   *
   * @return what they printed
   * @throws AssertionError when a command fails; what it left running is ended
   */
  String run(String name, List<String> pages, Map<String, String> environment, Duration within)
      throws Exception {
    Path script = folder.resolve(name + ".sh");
    Files.writeString(
        script, "trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n" + Pages.script(pages));
    Process steps =
        start(
            name + ".log",
            environment,
            List.of("bash", "-eu", "-o", "pipefail", script.toString()));
    int exit = end(steps, within, name + ".log");
    String output = output(name + ".log");
    assertThat(exit).as(output).isZero();
    return output;
  }

  private int end(Process steps, Duration within, String log) throws Exception {
    if (!steps.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
      steps.destroy();
      if (!steps.waitFor(10, TimeUnit.SECONDS)) {
        steps.destroyForcibly();
      }
      throw new AssertionError("not done within " + within + ": " + output(log));
    }
    return steps.exitValue();
  }

  /** What a command has written to a file of the folder, its output among these. */
  String output(String name) throws IOException {
    return Files.readString(folder.resolve(name), StandardCharsets.UTF_8);
  }

  /** Waits for a process's end and gives its exit code. */
  static int end(Process process, Duration within) throws InterruptedException {
    if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end within " + within);
    }
    return process.exitValue();
  }
}
