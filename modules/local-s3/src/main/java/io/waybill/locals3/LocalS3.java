package io.waybill.locals3;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * An S3 store on a free loopback port, empty at first, gone with this process however that ends.
 * What lies in it can be looked at without S3. Safe to share between threads.
 */
public final class LocalS3 implements AutoCloseable {
  private static final String LIBRARIES = "local-s3";
  private static final int USUAL_HEAP_MIB = 256;
  private static final int ENDS_WITHIN_SECONDS = 10;

  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;
  private final ReentrantLock lock = new ReentrantLock();
  private final URI endpoint;

  private LocalS3(Process process, BufferedWriter questions, BufferedReader answers, URI endpoint) {
    this.process = process;
    this.questions = questions;
    this.answers = answers;
    this.endpoint = endpoint;
  }

  /**
   * One object as the store keeps it.
   *
   * @param size in bytes
   * @param storageClass as the store names it, empty when it names none
   * @param encryption {@code AES256} or {@code aws:kms}, empty when the store says nothing
   * @param metadata the user's, by lower-case name
   */
  public record StoredObject(
      String key,
      long size,
      String contentType,
      String storageClass,
      String encryption,
      Map<String, String> metadata) {
    public StoredObject {
      metadata = Map.copyOf(metadata);
    }
  }

  /**
   * Starts a store and waits until it takes requests.
   *
   * @param accessKeyId without a slash
   * @param buckets made at once
   * @param log gets what the store has to say; overwritten
   * @throws IllegalStateException when it does not start; the log says why
   */
  public static LocalS3 start(
      String accessKeyId, String secretAccessKey, List<String> buckets, Path log) {
    return start(accessKeyId, secretAccessKey, buckets, log, USUAL_HEAP_MIB);
  }

  /**
   * The same with another heap, for its objects lie there.
   *
   * @param heapMib some 200 more than all objects together
   */
  public static LocalS3 start(
      String accessKeyId, String secretAccessKey, List<String> buckets, Path log, int heapMib) {
    Path code = codeOf(LocalS3.class);
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heapMib + "m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            code + java.io.File.pathSeparator + librariesBeside(code).resolve("*"),
            StoreMain.class.getName());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile()));
    // Nothing of ours is its business, least of all credentials for a real store.
    builder.environment().clear();
    try {
      Process process = builder.start();
      BufferedWriter questions = process.outputWriter(StandardCharsets.UTF_8);
      BufferedReader answers = process.inputReader(StandardCharsets.UTF_8);
      // Not as arguments, which everybody on the machine can list.
      for (String line : List.of(accessKeyId, secretAccessKey, String.join(" ", buckets))) {
        questions.write(line);
        questions.newLine();
      }
      questions.flush();
      String port = answers.readLine();
      if (port == null) {
        process.destroyForcibly();
        throw new IllegalStateException("the local S3 store did not start; see " + log);
      }
      return new LocalS3(process, questions, answers, URI.create("http://127.0.0.1:" + port));
    } catch (IOException e) {
      throw new UncheckedIOException("the local S3 store did not start; see " + log, e);
    }
  }

  /** Where it listens: {@code http://127.0.0.1:40123}. */
  public URI endpoint() {
    return endpoint;
  }

  /** All objects of a bucket, by key. */
  public List<StoredObject> objects(String bucket) {
    List<StoredObject> objects = new ArrayList<>();
    for (String line : ask("list " + bucket)) {
      List<String> fields = Stream.of(line.split(" ", -1)).map(LocalS3::decoded).toList();
      Map<String, String> metadata = new TreeMap<>();
      for (int i = 5; i + 1 < fields.size(); i += 2) {
        metadata.put(fields.get(i), fields.get(i + 1));
      }
      objects.add(
          new StoredObject(
              fields.get(0),
              Long.parseLong(fields.get(1)),
              fields.get(2),
              fields.get(3),
              fields.get(4),
              metadata));
    }
    return List.copyOf(objects);
  }

  /**
   * The content of one object.
   *
   * @throws IllegalStateException when there is none
   */
  public byte[] content(String bucket, String key) {
    return Base64.getDecoder().decode(ask("read " + bucket + " " + key).getFirst());
  }

  private List<String> ask(String question) {
    lock.lock();
    try {
      questions.write(question);
      questions.newLine();
      questions.flush();
      List<String> lines = new ArrayList<>();
      while (true) {
        String line = answers.readLine();
        if (line == null) {
          throw new IllegalStateException("the local S3 store has ended");
        }
        if (line.equals(StoreMain.DONE)) {
          return lines;
        }
        if (line.startsWith(StoreMain.FAILED)) {
          throw new IllegalStateException("the local S3 store: " + line);
        }
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the local S3 store does not answer", e);
    } finally {
      lock.unlock();
    }
  }

  static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String text) {
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }

  private static Path codeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the class path names no file", e);
    }
  }

  /** Beside the jar or the folder of classes, or beside the folder that holds the jar. */
  private static Path librariesBeside(Path code) {
    Path folder = code.toAbsolutePath().getParent();
    for (int level = 0; folder != null && level < 2; level++) {
      Path libraries = folder.resolve(LIBRARIES);
      if (Files.isDirectory(libraries)) {
        return libraries;
      }
      folder = folder.getParent();
    }
    throw new IllegalStateException(
        "no folder "
            + LIBRARIES
            + " with the libraries of the local S3 store near "
            + code
            + "; build it: mvn -pl modules/local-s3 package");
  }

  /** Ends the store; its objects are gone. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
