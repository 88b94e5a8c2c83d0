package io.waybill.secrets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a file that holds secrets can be read by its owner alone. On file systems without POSIX
 * permissions (Windows) nothing is looked at: there the folder's access list protects it.
 */
public final class PrivateFile {
  private PrivateFile() {}

  /**
   * What is wrong with who may read the file, and what to do about it.
   *
   * @param what what it is, in words: {@code the keyset file}
   * @throws IOException when it is not there or cannot be looked at
   */
  public static Optional<String> problem(Path file, String what) throws IOException {
    @Nullable PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return Optional.empty();
    }
    PosixFileAttributes attributes = view.readAttributes();
    boolean ownedByRoot = attributes.owner().getName().equals("root");
    boolean runsAsRoot = "root".equals(System.getProperty("user.name"));
    if (isPrivate(attributes.permissions(), ownedByRoot, runsAsRoot)) {
      return Optional.empty();
    }
    return Optional.of(
        what
            + " "
            + file
            + " has mode "
            + PosixFilePermissions.toString(attributes.permissions())
            + ", so that others than its owner can get at what it holds. Run: chmod 600 '"
            + file
            + "' (a Kubernetes secret: defaultMode 0400, or 0440 with fsGroup)");
  }

  /**
   * Whether only this process's user can read the file. The exception is a group's right to read
   * what root owns, for a process that is not root: so Kubernetes mounts secrets under fsGroup, and
   * PostgreSQL judges its key files the same way.
   */
  static boolean isPrivate(
      Set<PosixFilePermission> permissions, boolean ownedByRoot, boolean runsAsRoot) {
    Set<PosixFilePermission> allowed =
        EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE);
    if (ownedByRoot && !runsAsRoot) {
      allowed.add(PosixFilePermission.GROUP_READ);
    }
    return allowed.containsAll(permissions);
  }
}
