package io.waybill.app;

import io.waybill.channel.storage.LocalRoot;
import io.waybill.channel.storage.PlatformCredentials.Grant;
import io.waybill.domain.OrganizationId;
import io.waybill.secrets.PrivateFile;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * One entry of {@code storage.platformCredentials} or of {@code storage.localRoots}. The
 * credentials are in a file of their own, so that the configuration can be shown to people who must
 * not see them.
 */
final class GrantSection {
  private GrantSection() {}

  /**
   * @throws IllegalArgumentException naming the key, never a value
   */
  static Grant read(ConfigSection section) {
    OrganizationId organization = organization(section);
    Properties credentials = credentials(section);
    try {
      return new Grant(
          organization,
          section.text("bucket"),
          section.has("endpoint") ? Optional.of(endpoint(section)) : Optional.empty(),
          section.has("prefix") ? section.text("prefix") : "",
          required(section, credentials, "accessKeyId"),
          required(section, credentials, "secretAccessKey"),
          Optional.ofNullable(credentials.getProperty("sessionToken")).map(String::strip),
          section.has("roleArn") ? Optional.of(section.text("roleArn")) : Optional.empty());
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.contains("platformCredentials") ? e : section.wrong("", message);
    }
  }

  /**
   * One entry of {@code storage.localRoots}.
   *
   * @throws IllegalArgumentException naming the key
   */
  static LocalRoot readRoot(ConfigSection section) {
    try {
      return new LocalRoot(
          organization(section),
          section.text("name"),
          section.path("folder").toAbsolutePath().normalize(),
          section.has("prefix") ? section.text("prefix") : "");
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.contains("localRoots") ? e : section.wrong("", message);
    }
  }

  private static OrganizationId organization(ConfigSection section) {
    return OrganizationId.parse(section.text("organizationId"))
        .orElseThrow(
            () -> section.wrong("organizationId", "must be " + OrganizationId.FORM_IN_WORDS));
  }

  private static URI endpoint(ConfigSection section) {
    try {
      return new URI(section.text("endpoint"));
    } catch (URISyntaxException e) {
      throw section.wrong("endpoint", "must be a URL like https://s3.example.com");
    }
  }

  private static Properties credentials(ConfigSection section) {
    Path file = section.path("credentialsFile");
    refuseUnlessPrivate(section, file);
    Properties credentials = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      credentials.load(reader);
      return credentials;
    } catch (IOException | IllegalArgumentException e) {
      // Without the message: a malformed file's could quote it.
      throw section.wrong(
          "credentialsFile",
          "must be a readable file of properties with accessKeyId and secretAccessKey, and "
              + file
              + " is not");
    }
  }

  /** Refuses a file with a secret that others than its owner may read. */
  static void refuseUnlessPrivate(ConfigSection section, Path file) {
    try {
      PrivateFile.problem(file, "names a file that is not private:")
          .ifPresent(problem -> {
            throw section.wrong(
                "credentialsFile",
                problem + ", and rotate the keys if somebody may have read them");
          });
    } catch (IOException e) {
      // Reading it says what is wrong.
    }
  }

  private static String required(ConfigSection section, Properties credentials, String name) {
    String value = credentials.getProperty(name);
    if (value == null || value.isBlank()) {
      throw section.wrong("credentialsFile", "holds no " + name);
    }
    return value.strip();
  }
}
