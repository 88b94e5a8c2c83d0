package io.waybill.app;

import io.waybill.guard.EgressProxy;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * {@code egressProxy}. Its credentials are in a file of their own, so that the configuration can be
 * shown to people who must not see them.
 */
final class EgressSection {
  private EgressSection() {}

  static final Set<String> KEYS = Set.of("host", "port", "connectBy", "credentialsFile");

  /**
   * Reads the section.
   *
   * @throws IllegalArgumentException naming the key, never a value of the credentials
   */
  static EgressProxy read(ConfigSection section) {
    String host = section.text("host");
    if (host.indexOf('/') >= 0 || host.indexOf('@') >= 0) {
      throw section.wrong("host", "must be a host name or an address, without scheme and port");
    }
    if (!section.has("port")) {
      throw section.wrong("port", "is missing");
    }
    return new EgressProxy(
        host,
        section.number("port", 0, 1, 65_535),
        asks(section),
        section.has("credentialsFile") ? Optional.of(logIn(section)) : Optional.empty());
  }

  private static EgressProxy.Asks asks(ConfigSection section) {
    return switch (section.text("connectBy", "address")) {
      case "address" -> EgressProxy.Asks.BY_ADDRESS;
      case "name" -> EgressProxy.Asks.BY_NAME;
      default -> throw section.wrong("connectBy", "must be address or name");
    };
  }

  private static EgressProxy.LogIn logIn(ConfigSection section) {
    Path file = section.path("credentialsFile");
    GrantSection.refuseUnlessPrivate(section, file);
    Properties credentials = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      credentials.load(reader);
      return new EgressProxy.LogIn(
          credentials.getProperty("user", "").strip(),
          credentials.getProperty("password", "").strip());
    } catch (IOException | IllegalArgumentException e) {
      // Without the message: a malformed file's could quote it.
      throw section.wrong(
          "credentialsFile",
          "must be a readable file of properties with user and password, and " + file + " is not");
    }
  }
}
