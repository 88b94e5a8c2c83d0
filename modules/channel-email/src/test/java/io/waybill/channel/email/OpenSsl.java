package io.waybill.channel.email;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@code openssl} of this machine, which knows nothing of ours. Required, never skipped. */
final class OpenSsl {
  /** What a run came to. */
  record Result(int exit, byte[] output, String errors) {
    String text() {
      return new String(output, StandardCharsets.UTF_8);
    }
  }

  /** A recipient: a private key and a certificate, in files. */
  record Person(Path key, Path certificate) {
    String pem() {
      return read(certificate);
    }
  }

  private final Path folder;

  OpenSsl(Path folder) {
    this.folder = folder;
  }

  /**
   * A certificate that its owner signed himself, as the guide says.
   *
   * @param algorithm of the key, in openssl's words: {@code rsa:2048}
   * @param address that it names, or empty
   */
  Person person(String name, List<String> algorithm, String address, int days) {
    Path key = folder.resolve(name + ".key");
    Path certificate = folder.resolve(name + ".crt");
    List<String> command = new ArrayList<>(List.of("req", "-x509", "-nodes", "-newkey"));
    command.addAll(algorithm);
    command.addAll(List.of("-config", config(address).toString(), "-extensions", "recipient"));
    command.addAll(List.of("-subj", "/CN=" + name, "-days", Integer.toString(days)));
    command.addAll(List.of("-keyout", key.toString(), "-out", certificate.toString()));
    Result made = run(command);
    if (made.exit() != 0) {
      throw new IllegalStateException(made.errors());
    }
    return new Person(key, certificate);
  }

  private Path config(String address) {
    String names = address.isEmpty() ? "" : "subjectAltName=email:" + address + "\n";
    return write(
        "req.cnf",
        ("[req]\ndistinguished_name=dn\n[dn]\n[recipient]\nbasicConstraints=critical,CA:FALSE\n"
                + "keyUsage=critical,keyEncipherment,keyAgreement\nextendedKeyUsage=emailProtection\n"
                + names)
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Opens a mail that is S/MIME as a whole. */
  Result decryptMail(byte[] raw, Person person) {
    return run(
        List.of(
            "cms",
            "-decrypt",
            "-inform",
            "SMIME",
            "-in",
            write("mail.eml", raw).toString(),
            "-recip",
            person.certificate().toString(),
            "-inkey",
            person.key().toString()));
  }

  /** Opens an attachment. */
  Result decryptFile(byte[] cms, String password) {
    return run(
        List.of(
            "cms",
            "-decrypt",
            "-inform",
            "DER",
            "-in",
            write("mail.cms", cms).toString(),
            "-pwri_password",
            password));
  }

  /** Opens an attachment. */
  Result decryptFile(byte[] cms, Person person) {
    return run(
        List.of(
            "cms",
            "-decrypt",
            "-inform",
            "DER",
            "-in",
            write("mail.cms", cms).toString(),
            "-recip",
            person.certificate().toString(),
            "-inkey",
            person.key().toString()));
  }

  /** What openssl sees in a file. */
  Result show(byte[] cms) {
    return run(
        List.of(
            "cms", "-cmsout", "-print", "-inform", "DER", "-in", write("m.cms", cms).toString()));
  }

  Result run(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    Path output = folder.resolve("stdout");
    Path errors = folder.resolve("stderr");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("openssl does not end");
      }
      return new Result(process.exitValue(), Files.readAllBytes(output), read(errors));
    } catch (IOException e) {
      throw new UncheckedIOException("these tests need the openssl command, 3.0 or later", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Path write(String name, byte[] bytes) {
    try {
      return Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
