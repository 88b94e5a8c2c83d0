package io.waybill.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A folder with a {@code bin/waybill} in it that runs the built jars, and a shell to use it. */
final class Shell {
  private final Path folder;

  Shell(Path folder) throws IOException {
    this.folder = folder;
    Path lib = Path.of("target", "lib").toAbsolutePath();
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path script = Files.createDirectories(folder.resolve("bin")).resolve("waybill");
    // Not the project's own script, which would build; the java line is the same.
    Files.writeString(
        script,
        "#!/usr/bin/env bash\nexec '"
            + java
            + "' -Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
            + " --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
            + " -cp '"
            + lib
            + "/*' io.waybill.app.Main \"$@\"\n");
    if (!script.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + script + " executable");
    }
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
    return builder.start();
  }

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
