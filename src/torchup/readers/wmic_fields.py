"""The properties of Windows' ``Win32_VideoController``, in small letters.

https://learn.microsoft.com/windows/win32/cimwin32prov/win32-videocontroller
"""

from __future__ import annotations

from typing import Final

TELLING: Final = frozenset(
    {
        "adapterram",
        "adaptercompatibility",
        "videoprocessor",
        "videomodedescription",
        "driverversion",
        "pnpdeviceid",
        "installeddisplaydrivers",
        "currenthorizontalresolution",
        "currentrefreshrate",
        "adapterdactype",
    }
)
"""Those that hardly any other listing has."""
KNOWN: Final = TELLING | frozenset(
    {
        "name",
        "caption",
        "description",
        "deviceid",
        "status",
        "availability",
        "driverdate",
        "inffilename",
        "infsection",
        "acceleratorcapabilities",
        "capabilitydescriptions",
        "colortableentries",
        "configmanagererrorcode",
        "configmanageruserconfig",
        "creationclassname",
        "currentbitsperpixel",
        "currentnumberofcolors",
        "currentnumberofcolumns",
        "currentnumberofrows",
        "currentscanmode",
        "currentverticalresolution",
        "devicespecificpens",
        "dithertype",
        "errorcleared",
        "errordescription",
        "icmintent",
        "icmmethod",
        "installdate",
        "lasterrorcode",
        "maxmemorysupported",
        "maxnumbercontrolled",
        "maxrefreshrate",
        "minrefreshrate",
        "monochrome",
        "numberofcolorplanes",
        "numberofvideopages",
        "powermanagementcapabilities",
        "powermanagementsupported",
        "protocolsupported",
        "reservedsystempaletteentries",
        "specificationversion",
        "statusinfo",
        "systemcreationclassname",
        "systemname",
        "systempaletteentries",
        "timeoflastreset",
        "videoarchitecture",
        "videomemorytype",
        "videomode",
        "node",
        "pscomputername",
        "ciminstanceproperties",
        "cimclass",
        "cimsystemproperties",
        "__genus",
        "__class",
        "__superclass",
        "__dynasty",
        "__relpath",
        "__property_count",
        "__derivation",
        "__server",
        "__namespace",
        "__path",
    }
)
"""All of them, with what WMI and PowerShell add to every object."""
