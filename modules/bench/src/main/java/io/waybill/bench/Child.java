package io.waybill.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process of the benchmark, as the leading one sees it: it takes orders line by line and answers
 * each with one line (see {@link Orders}). It ends when its standard input does, so it cannot
 * outlive the leader. For one thread.
 */
final class Child implements AutoCloseable {
  private static final Duration ENDED_WITHIN = Duration.ofSeconds(30);

  private final String name;
  private final Path log;
  private final Process process;
  private final BufferedWriter orders;
  private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();

  private Child(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.orders = process.outputWriter();
    // A read from a pipe keeps a virtual thread's carrier, of which there are as many as cores.
    Thread.ofPlatform().daemon().name("answers-of-" + name).start(this::readAnswers);
  }

  /** Starts a main class of this class path; its log goes to {@code <folder>/<name>.log}. */
  static Child start(
      String name, Class<?> main, Path folder, List<String> jvmArguments, List<String> args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(jvmArguments);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(args);
    Path log = folder.resolve(name + ".log");
    try {
      return new Child(name, log, new ProcessBuilder(command).redirectError(log.toFile()).start());
    } catch (IOException e) {
      throw new BenchException("the " + name + " process could not be started", e);
    }
  }

  private void readAnswers() {
    try (BufferedReader reader = process.inputReader()) {
      String line;
      while ((line = reader.readLine()) != null) {
        if (line.startsWith(Orders.ANSWER)) {
          answers.add(Optional.of(line.substring(Orders.ANSWER.length())));
        }
      }
    } catch (IOException e) {
      // As good as its end.
    } finally {
      answers.add(Optional.empty());
    }
  }

  /** The line that the process prints when it is ready. */
  String awaitReady(Duration within) {
    return answer("starting", within);
  }

  /** Gives an order and waits for its answer. */
  String order(Duration within, Object... words) {
    List<String> parts = new ArrayList<>();
    for (Object word : words) {
      parts.add(word.toString());
    }
    String order = String.join(" ", parts);
    try {
      orders.write(order);
      orders.newLine();
      orders.flush();
    } catch (IOException e) {
      throw new BenchException("the " + name + " process is gone; its log is " + log, e);
    }
    return answer(order, within);
  }

  private String answer(String order, Duration within) {
    try {
      Optional<String> line = answers.poll(within.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        throw problem(order, "gave no answer within " + within);
      }
      if (line.isEmpty()) {
        throw problem(order, "ended");
      }
      if (line.get().startsWith(Orders.FAILED)) {
        throw problem(order, line.get());
      }
      return line.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  private BenchException problem(String order, String what) {
    return new BenchException(
        "the " + name + " process, at \"" + order + "\": " + what + "; its log is " + log);
  }

  /** CPU time that the whole process has used, as its operating system counts it. */
  Duration cpu() {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() ->
            new BenchException("this platform does not tell the CPU time of another process"));
  }

  /** Whether it has not ended by itself. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Memory of the whole process, in MiB, that is not on disk. */
  double residentMiB() {
    return Memory.residentMiB(process.pid());
  }

  /** Lets it end in order. */
  @Override
  public void close() {
    try {
      orders.close();
      if (process.waitFor(ENDED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (IOException e) {
      // It is gone already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
