package io.waybill.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Libraries for JavaScript, run by Node: Confluent's schema registry client, and two verifiers of
 * webhooks. Installed by npm into {@code target/node} at the versions in {@code
 * src/test/node/package.json}, without the packages' own install scripts.
 */
final class NodeClient {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration INSTALL = Duration.ofMinutes(4);
  private static final Duration RUN = Duration.ofSeconds(150);

  private final Path folder;

  private NodeClient(Path folder) {
    this.folder = folder;
  }

  /** Node or npm is not here, or npm cannot install: the machine's lack, not the product's. */
  static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    Unavailable(String message) {
      super(message);
    }
  }

  /** Installs the client unless it is there already. */
  static NodeClient install() throws Unavailable {
    Path folder = Path.of(System.getProperty("waybill.interop.work"), "node");
    Path scripts = Path.of(System.getProperty("waybill.interop.scripts"));
    require(folder, "node", "--version");
    require(folder, "npm", "--version");
    try {
      for (String name : List.of("package.json", "records.js", "webhooks.mjs")) {
        Files.copy(
            scripts.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
      Path installed = folder.resolve("installed.json");
      Path wanted = folder.resolve("package.json");
      if (!Files.exists(installed) || Files.mismatch(installed, wanted) != -1) {
        Finished npm =
            run(
                folder,
                "",
                INSTALL,
                "npm",
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--no-package-lock",
                "--no-update-notifier",
                "--loglevel=error",
                "--fetch-retries=1");
        if (npm.exit() != 0) {
          throw new Unavailable(
              "npm install ended with "
                  + npm.exit()
                  + Files.readString(npm.errors()).lines().findFirst().map(": "::concat).orElse("")
                  + "; all of it is in "
                  + npm.errors());
        }
        // Written last: an install that broke off is done again.
        Files.copy(wanted, installed, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + folder + " cannot be used", e);
    }
    return new NodeClient(folder);
  }

  /** The values that the client reads from the frames, {@code [{topic, frame}]}. */
  JsonNode decode(String registryUrl, ArrayNode jobs) {
    return script("decode", registryUrl, jobs);
  }

  /** The frames that the client writes of the values, {@code [{topic, value}]}. */
  JsonNode encode(String registryUrl, ArrayNode jobs) {
    return script("encode", registryUrl, jobs);
  }

  /** What each library says of each request, {@code [{secret, headers, body}]}. */
  JsonNode verify(ArrayNode requests) {
    return output("webhooks.mjs", requests, "node", "webhooks.mjs");
  }

  private JsonNode script(String mode, String registryUrl, ArrayNode jobs) {
    return output("records.js " + mode, jobs, "node", "records.js", mode, registryUrl);
  }

  private JsonNode output(String name, ArrayNode jobs, String... command) {
    try {
      Finished node = run(folder, jobs.toString(), RUN, command);
      if (node.exit() != 0) {
        throw new AssertionError(name + " failed:\n" + Files.readString(node.errors()));
      }
      return MAPPER.readTree(Files.readAllBytes(node.output()));
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be run", e);
    }
  }

  private static void require(Path folder, String program, String argument) throws Unavailable {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + folder + " cannot be made", e);
    }
    try {
      int exit = run(folder, "", RUN, program, argument).exit();
      if (exit != 0) {
        throw new Unavailable(program + " " + argument + " ended with " + exit);
      }
    } catch (IOException e) {
      throw new Unavailable("there is no " + program + " on the PATH");
    }
  }

  private record Finished(int exit, Path output, Path errors) {}

  private static Finished run(Path folder, String input, Duration limit, String... command)
      throws IOException {
    Path in = folder.resolve("stdin.txt");
    Path output = folder.resolve("stdout.txt");
    Path errors = folder.resolve("stderr.txt");
    Files.writeString(in, input);
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    if (command[0].equals("node")) {
      // The registries are on this machine, whatever proxy the way to npm needs.
      builder.environment().putAll(Map.of("NO_PROXY", "127.0.0.1", "no_proxy", "127.0.0.1"));
    }
    Process process = builder.start();
    try {
      if (process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
        return new Finished(process.exitValue(), output, errors);
      }
      Files.writeString(errors, "not done after " + limit);
      return new Finished(-1, output, errors);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + command[0], e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
