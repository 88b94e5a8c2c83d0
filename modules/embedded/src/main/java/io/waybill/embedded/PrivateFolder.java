package io.waybill.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Folders that nobody but their owner may enter: the broker's files and the stores of the roles
 * hold payloads as they were published. On file systems without POSIX permissions (Windows) the
 * access list of the folder above protects them.
 */
public final class PrivateFolder {
  private PrivateFolder() {}

  /**
   * Makes the folder, and those above it that are missing. The mode of one that is there is its
   * owner's choice and stays.
   */
  public static void create(Path folder) throws IOException {
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    Files.createDirectories(folder, ownerOnly);
  }
}
