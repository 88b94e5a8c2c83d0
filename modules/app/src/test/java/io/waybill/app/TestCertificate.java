package io.waybill.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A key and the certificate that it signs for itself, made by the JDK's keytool.
 *
 * @param keyStore key and certificate, PKCS12
 * @param pem the certificate alone
 */
record TestCertificate(Path keyStore, Path pem) {
  static final String PASSWORD = "of-a-test";

  /**
   * Makes one, good for two days and for 127.0.0.1.
   *
   * @param name its common name, and that of its files
   */
  static TestCertificate of(Path folder, String name) {
    Path store = folder.resolve(name + ".p12");
    Path pem = folder.resolve(name + ".crt");
    keytool(
        store,
        "-genkeypair",
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-validity",
        "2",
        "-ext",
        "SAN=IP:127.0.0.1");
    keytool(store, "-exportcert", "-rfc", "-file", pem.toString());
    return new TestCertificate(store, pem);
  }

  private static void keytool(Path store, String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(args));
    command.addAll(
        List.of(
            "-alias",
            "own",
            "-keystore",
            store.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD));
    Path said = store.resolveSibling(store.getFileName() + ".keytool");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError("keytool failed: " + Files.readString(said));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
