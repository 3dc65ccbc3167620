# torchup: from a Windows machine that has nothing to PyTorch.
#
#   powershell -ExecutionPolicy Bypass -File install.ps1 [lab.torchup] [-Yes] [NAME]
#
# It needs Windows 10 (1803) or newer: PowerShell 5.1 and tar.exe are part of it. Nothing is changed
# outside torchup's own folder (TORCHUP_HOME, or torchup in LOCALAPPDATA) and the user's PATH.
param(
    [switch] $Yes,
    [Parameter(ValueFromRemainingArguments = $true)] [string[]] $Rest = @()
)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue' # with it, downloads are slow
$Served = ''
$Spec = if ($env:TORCHUP_SPEC) { $env:TORCHUP_SPEC } else { 'torchup' }
$Indexes = @(
    'https://pypi.org/simple',
    'https://pypi.tuna.tsinghua.edu.cn/simple',
    'https://mirrors.ustc.edu.cn/pypi/simple',
    'https://mirrors.aliyun.com/pypi/simple',
    'https://mirrors.cloud.tencent.com/pypi/simple',
    'https://mirrors.huaweicloud.com/repository/pypi/simple',
    'https://mirror.nju.edu.cn/pypi/web/simple',
    'https://mirrors.bfsu.edu.cn/pypi/web/simple'
)
$Pythons = @(
    'https://github.com/astral-sh/python-build-standalone/releases/download',
    'https://registry.npmmirror.com/-/binary/python-build-standalone',
    'https://mirror.nju.edu.cn/github-release/astral-sh/python-build-standalone',
    'https://mirrors.ustc.edu.cn/github-release/astral-sh/python-build-standalone'
)
$Chinese = (Get-UICulture).Name -like 'zh*'

function Say([string] $English, [string] $Other) {
    if ($Chinese) { Write-Host $Other } else { Write-Host $English }
}

function Stop-With([string] $English, [string] $Other, [int] $Status = 3) {
    Say $English $Other
    exit $Status
}

function Get-Arch {
    $name = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
    if ($name -eq 'ARM64') { 'arm64' } else { 'x86_64' }
}

function Get-Home {
    if ($env:TORCHUP_HOME) { return $env:TORCHUP_HOME }
    Join-Path $env:LOCALAPPDATA 'torchup'
}

function Get-Sha256([string] $Path) {
    (Get-FileHash -Algorithm SHA256 -LiteralPath $Path).Hash.ToLowerInvariant()
}

# Windows' own proxy settings are honoured, with the user's login to it.
function Get-Web([string] $Url, [string] $Path, [int] $Seconds = 600) {
    try {
        [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
        $proxy = [Net.WebRequest]::DefaultWebProxy
        if ($proxy) { $proxy.Credentials = [Net.CredentialCache]::DefaultNetworkCredentials }
        Invoke-WebRequest -UseBasicParsing -Uri $Url -OutFile $Path -TimeoutSec $Seconds
        return $true
    } catch { return $false }
}

# Take one file out of a zip.
function Expand-One([string] $Zip, [string] $Pattern, [string] $Path) {
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    $archive = [IO.Compression.ZipFile]::OpenRead($Zip)
    try {
        $entry = $archive.Entries | Where-Object { $_.FullName -match $Pattern } | Select-Object -First 1
        if (-not $entry) { return $false }
        [IO.Compression.ZipFileExtensions]::ExtractToFile($entry, $Path, $true)
        return $true
    } finally { $archive.Dispose() }
}

function Add-ToPath([string] $Program) {
    $bin = Join-Path (Get-Home) 'bin'
    New-Item -ItemType Directory -Force -Path $bin | Out-Null
    Set-Content -LiteralPath (Join-Path $bin 'torchup.cmd') -Value "@`"$Program`" %*" -Encoding Oem
    # Variables in the user's PATH stay variables: it is read and written unexpanded.
    $key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment', $true)
    $path = [string] $key.GetValue('Path', '', 'DoNotExpandEnvironmentNames')
    if (";$path;" -notlike "*;$bin;*") {
        $key.SetValue('Path', "$bin;$path".TrimEnd(';'), 'ExpandString')
        [Environment]::SetEnvironmentVariable('TORCHUP_PATH_CHANGED', $null, 'User') # tells all programs
        Say "torchup is found in every terminal that is opened from now on." "从现在起打开的终端都能找到 torchup。"
    }
}

# A bundle's own program does the rest, run by the bundle's own Python.
function Install-FromBundle([string] $Bundle, [string[]] $Words) {
    $platform = "windows-$(Get-Arch)"
    $reader = [IO.File]::OpenRead($Bundle)
    try {
        $head = New-Object byte[] 65536
        $count = $reader.Read($head, 0, $head.Length)
        $row = [Text.Encoding]::UTF8.GetString($head, 0, $count) -split "`n" |
            Where-Object { $_ -like "# $platform *" } | Select-Object -First 1
        if (-not $row) {
            Stop-With "$Bundle is for other machines than this one ($platform)." "$Bundle 不适用于这台机器（$platform）。" 1
        }
        $parts = $row.Substring(2).Split(' ')
        if ($parts[1] -eq '-') {
            & py -3 $Bundle @Words
            $script:Status = $LASTEXITCODE
            return
        }
        Say 'Unpacking Python …' '正在解开 Python ……'
        $packed = Join-Path $Work 'python.tar.gz'
        $reader.Position = [long] $parts[1]
        $left = [long] $parts[2]
        $writer = [IO.File]::Create($packed)
        $block = New-Object byte[] 1048576
        while ($left -gt 0) {
            $count = $reader.Read($block, 0, [Math]::Min($left, $block.Length))
            if ($count -le 0) { break }
            $writer.Write($block, 0, $count)
            $left -= $count
        }
        $writer.Dispose()
    } finally { $reader.Dispose() }
    if ((Get-Sha256 $packed) -ne $parts[3]) {
        Stop-With "$Bundle is damaged: its Python is not what it should be. Copy it once more." "$Bundle 已损坏：其中的 Python 不是应有的内容。请重新复制一次。" 2
    }
    & tar.exe -xzf $packed -C $Work
    if ($LASTEXITCODE) { Stop-With "Python could not be unpacked in $Work." "无法在 $Work 解开 Python。" }
    & (Join-Path $Work 'python\python.exe') $Bundle @Words
    $script:Status = $LASTEXITCODE
    if (-not $script:Status) { Add-ToPath (Join-Path (Get-Home) 'tool\Scripts\torchup.exe') }
}

# An address as it may be shown: a login stays with the user.
function Get-Bare([string] $Url) { $Url -replace '://[^/]*@', '://' }

# The newest uv of an index for this machine: its address and its hash.
function Find-Uv([string] $Index) {
    $page = Join-Path $Work 'page.html'
    if (-not (Get-Web "$Index/uv/" $page 15)) { return $null }
    $tag = if ((Get-Arch) -eq 'arm64') { 'win_arm64' } else { 'win_amd64' }
    $found = [regex]::Matches((Get-Content -Raw -LiteralPath $page),
        "href=`"([^`"]*?uv-(\d+)\.(\d+)\.(\d+)-py3-none-$tag\.whl)#sha256=([0-9a-f]{64})`"")
    $newest = $found | Sort-Object { [int] $_.Groups[2].Value }, { [int] $_.Groups[3].Value }, { [int] $_.Groups[4].Value } | Select-Object -Last 1
    if (-not $newest) { return $null }
    $url = New-Object Uri((New-Object Uri("$Index/uv/")), $newest.Groups[1].Value)
    return @{ Url = $url.AbsoluteUri; Sha256 = $newest.Groups[5].Value }
}

function Install-FromNetwork([string[]] $Words) {
    $place = Get-Home
    $tool = Join-Path $place 'tool'
    New-Item -ItemType Directory -Force -Path $place | Out-Null
    $named = if ($Served) { "$Served/simple" } else { @($env:TORCHUP_INDEX, $env:UV_DEFAULT_INDEX, $env:PIP_INDEX_URL) | Where-Object { $_ } | Select-Object -First 1 }
    if ($named) { $named = $named.TrimEnd('/') }
    $uv = Join-Path $Work 'uv.exe'
    $index = ''
    Say 'Looking for a mirror that answers …' '正在寻找可用的镜像……'
    foreach ($one in $(if ($named) { @($named) } else { $Indexes })) {
        $found = Find-Uv $one
        if (-not $found) { continue }
        Say "Fetching uv from $(Get-Bare $one)" "正在从 $(Get-Bare $one) 下载 uv"
        $wheel = Join-Path $Work 'uv.zip'
        if (-not (Get-Web $found.Url $wheel)) { continue }
        if ((Get-Sha256 $wheel) -ne $found.Sha256) { continue }
        if (Expand-One $wheel '/scripts/uv\.exe$' $uv) { $index = $one; break }
    }
    if (-not $index) {
        Stop-With 'No package index could be reached. Check the network or the proxy, name one ($env:TORCHUP_INDEX), or bring a bundle: install.cmd lab.torchup' '连不上任何软件包索引。请检查网络或代理，指定一个（$env:TORCHUP_INDEX），或者带来一个离线包：install.cmd lab.torchup'
    }
    $env:UV_NO_CONFIG = '1'
    $env:UV_CACHE_DIR = Join-Path $Work 'cache'
    $env:UV_PYTHON_INSTALL_DIR = Join-Path $place 'pythons'
    if ($Served) {
        $env:UV_PYTHON_DOWNLOADS_JSON_URL = "$Served/python/downloads.json"
    } elseif (-not $env:UV_PYTHON_INSTALL_MIRROR) {
        $listed = & $uv python list '>=3.10' --only-downloads --show-urls --output-format json | ConvertFrom-Json | Select-Object -First 1
        if ($listed -and -not (Test-Answers $listed.url)) {
            $rest = ($listed.url -split '/releases/download/', 2)[1]
            $env:UV_PYTHON_INSTALL_MIRROR = $Pythons | Where-Object { Test-Answers "$_/$rest" } | Select-Object -First 1
        }
    }
    if (-not (Test-Path (Join-Path $tool 'Scripts\python.exe'))) {
        Say 'Fetching Python' '正在下载 Python'
        & $uv venv -q --clear --managed-python --python '>=3.10' $tool
        if ($LASTEXITCODE) { & $uv venv -q --clear --no-python-downloads --python '>=3.10' $tool }
        if ($LASTEXITCODE) { Stop-With 'Python could not be fetched.' '无法下载 Python。' }
    }
    Say 'Installing torchup' '正在安装 torchup'
    & $uv pip install -q --upgrade --python $tool --default-index $index $Spec
    if ($LASTEXITCODE) { Stop-With "torchup could not be installed from $(Get-Bare $index)." "无法从 $(Get-Bare $index) 安装 torchup。" }
    foreach ($name in 'UV_NO_CONFIG', 'UV_CACHE_DIR', 'UV_PYTHON_INSTALL_DIR') { Remove-Item "Env:$name" }
    $program = Join-Path $tool 'Scripts\torchup.exe'
    Add-ToPath $program
    $env:UV_DEFAULT_INDEX = $index
    if ($Served) { $env:TORCHUP_FRAMEWORK_INDEX = "$Served/whl" }
    & $program start @Words
    $script:Status = $LASTEXITCODE
}

function Test-Answers([string] $Url) {
    try {
        Invoke-WebRequest -UseBasicParsing -Method Head -Uri $Url -TimeoutSec 10 | Out-Null
        return $true
    } catch { return $false }
}

$script:Status = 3
$Work = Join-Path ([IO.Path]::GetTempPath()) ("torchup-" + [IO.Path]::GetRandomFileName())
New-Item -ItemType Directory -Path $Work | Out-Null
try {
    $words = @($Rest | Where-Object { $_ -and $_ -notlike '*.torchup' })
    if ($Yes) { $words = @('--yes') + $words }
    $bundle = $Rest | Where-Object { $_ -like '*.torchup' } | Select-Object -First 1
    # What programs say goes to the terminal, so nothing is caught here.
    if ($bundle) {
        Install-FromBundle (Resolve-Path -LiteralPath $bundle).Path $words
    } else {
        Install-FromNetwork $words
    }
} finally {
    Remove-Item -Recurse -Force -LiteralPath $Work -ErrorAction SilentlyContinue
}
exit $script:Status
